namespace SispiAgent.Tests.Conventions;

internal sealed class NamingTests
{
    [Test]
    public void Types_and_methods_are_named_and_shaped_as_agreed() => Assert.That(Names.Violations(typeof(AgentException).Assembly.GetTypes()), Is.Empty);

    [TestCase("the suffix Manager says nothing")]
    [TestCase("the word Master is not the field's")]
    [TestCase("the word Job is Quartz's")]
    [TestCase("an interface with fewer than two implementations")]
    [TestCase("a class that nothing derives from is sealed")]
    [TestCase("Look is asynchronous and does not end in Async")]
    [TestCase("WaitAsync: the token comes last")]
    [TestCase("WaitAsync: the token is called cancellationToken")]
    public void Planted_violations_are_caught(string problem)
    {
        Type[] planted = [.. typeof(NamingTests).Assembly.GetTypes().Where(type => type.Namespace == "SispiAgent.Tests.Conventions.Planted.Naming")];

        Assert.That(Names.Violations(planted), Has.Some.Contains(problem));
    }
}
