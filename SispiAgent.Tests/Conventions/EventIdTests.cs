using Microsoft.Extensions.Logging;

namespace SispiAgent.Tests.Conventions;

internal sealed partial class EventIdTests
{
    [Test]
    public void Event_ids_are_unique_and_in_their_folders_range() =>
        Assert.That(EventIds.Violations(typeof(AgentException).Assembly.GetTypes(), "SispiAgent"), Is.Empty);

    [Test]
    public void Planted_violations_are_caught()
    {
        var caught = EventIds.Violations(PlantedTypes, "SispiAgent.Tests");

        Assert.That(caught, Has.Some.Contains("4001 is used twice"));
        Assert.That(caught, Has.Some.Contains("9999 is not in the range"));
    }

    private static IEnumerable<Type> PlantedTypes => [typeof(Planted), .. typeof(Planted).GetNestedTypes(System.Reflection.BindingFlags.NonPublic)];

    private static partial class Planted
    {
        [LoggerMessage(EventId = 4001, Level = LogLevel.Information, Message = "One.")]
        public static partial void One(ILogger logger);

        [LoggerMessage(EventId = 9999, Level = LogLevel.Information, Message = "Two.")]
        public static partial void Two(ILogger logger);

        // the generator itself refuses two equal ids in one class, so the second one stands in another
        private static partial class Inner
        {
            [LoggerMessage(EventId = 4001, Level = LogLevel.Information, Message = "Three.")]
            public static partial void Three(ILogger logger);
        }
    }
}
