using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Serilog;
using Serilog.Events;
using SispiAgent.Configuration;

namespace SispiAgent.Hosting;

/// <summary>
/// What can be wrong with section <c>Serilog</c>. Its reader throws at the first wrong level, and leaves out a sink or an argument whose name it does
/// not know: an agent without a log, and nobody told.
/// </summary>
internal static class LogRules
{
    /// <summary>The section's key.</summary>
    public const string Section = "Serilog";

    /// <summary>The keys of the section (documentation of Serilog.Settings.Configuration). What is below the last five is not looked into.</summary>
    private static readonly string[] Keys = ["Using", "MinimumLevel", "WriteTo", "Enrich", "Properties", "Filter", "Destructure", "LevelSwitches"];

    /// <summary>The sinks that are built in: the assembly, and the class with its methods.</summary>
    private static readonly (string Assembly, Type Methods)[] Sinks = [("Serilog.Sinks.Console", typeof(ConsoleLoggerConfigurationExtensions)), ("Serilog.Sinks.File", typeof(FileLoggerConfigurationExtensions))];

    /// <summary>Everything that is wrong.</summary>
    public static IEnumerable<ConfigurationError> Check(ConfigurationNode section)
    {
        if (section.Members is not { } members)
            return [new(Section, "is no object.", $"Write an object with the keys {string.Join(", ", Keys)}.")];
        return members.SelectMany(member => member.Key.ToUpperInvariant() switch
        {
            "USING" => Using(member.Value),
            "MINIMUMLEVEL" => Levels(member.Value),
            "WRITETO" => WriteTo(member.Value),
            _ => Keys.Contains(member.Key, StringComparer.OrdinalIgnoreCase) ? [] : [ConfigurationWalker.Unknown($"{Section}:{member.Key}", member.Key, member.Value, Keys)],
        });
    }

    private static IEnumerable<ConfigurationError> Using(ConfigurationNode node) => node.AsList() is not { } list
        ? [new($"{Section}:Using", "is no list.", "Write [ … ].")]
        : list.Select((entry, index) => (entry, index)).Where(one => !Sinks.Any(sink => sink.Assembly.Equals(one.entry.Text, StringComparison.OrdinalIgnoreCase)))
            .Select(one => ConfigurationWalker.Unknown(string.Create(CultureInfo.InvariantCulture, $"{Section}:Using:{one.index}"), one.entry.Text, one.entry, [.. Sinks.Select(sink => sink.Assembly)]));

    private static IEnumerable<ConfigurationError> Levels(ConfigurationNode node)
    {
        const string path = $"{Section}:MinimumLevel";
        if (node.Members is not { } members)
            return Value(path, node, typeof(LogEventLevel));
        string[] known = ["Default", "Override", "ControlledBy"];
        return members.SelectMany(member => member.Key.ToUpperInvariant() switch
        {
            "DEFAULT" => Value($"{path}:{member.Key}", member.Value, typeof(LogEventLevel)),
            "OVERRIDE" when member.Value.Members is { } sources => sources.SelectMany(source => Value($"{path}:{member.Key}:{source.Key}", source.Value, typeof(LogEventLevel))),
            "OVERRIDE" => [new($"{path}:{member.Key}", "is no object.", "Write { \"SispiAgent.Peers\": \"Debug\" }.")],
            _ => known.Contains(member.Key, StringComparer.OrdinalIgnoreCase) ? [] : [ConfigurationWalker.Unknown($"{path}:{member.Key}", member.Key, member.Value, known)],
        });
    }

    private static IEnumerable<ConfigurationError> WriteTo(ConfigurationNode node)
    {
        IEnumerable<(string Key, ConfigurationNode Entry)>? entries = node.Entries is { } list
            ? list.Select((entry, index) => (index.ToString(CultureInfo.InvariantCulture), entry))
            : node.Members?.Select(member => (member.Key, member.Value));
        return entries is null ? [new($"{Section}:WriteTo", "is no list.", "Write [ { \"Name\": \"File\", \"Args\": { … } } ].")] : entries.SelectMany(entry => Sink($"{Section}:WriteTo:{entry.Key}", entry.Entry));
    }

    private static IEnumerable<ConfigurationError> Sink(string path, ConfigurationNode node)
    {
        if (node.Members is not { } members)
        {
            if (Methods(node.Text).Length == 0)
                yield return UnknownSink(path, node);
            yield break;
        }

        foreach (var (key, value) in members.Where(member => member.Key.ToUpperInvariant() is not ("NAME" or "ARGS")))
            yield return ConfigurationWalker.Unknown($"{path}:{key}", key, value, ["Name", "Args"]);
        if (members.GetValueOrDefault("Name") is not { } name)
        {
            yield return new($"{path}:Name", "is missing.", $"Write one of {string.Join(", ", Names)}.");
            yield break;
        }

        var methods = Methods(name.Text);
        if (methods.Length == 0)
        {
            yield return UnknownSink($"{path}:Name", name);
            yield break;
        }

        var known = methods.SelectMany(method => method.GetParameters().Skip(1)).DistinctBy(parameter => parameter.Name).ToDictionary(parameter => parameter.Name!, parameter => parameter.ParameterType, StringComparer.OrdinalIgnoreCase);
        foreach (var (key, value) in members.GetValueOrDefault("Args")?.Members ?? [])
        {
            foreach (var error in known.TryGetValue(key, out var type) ? Value($"{path}:Args:{key}", value, type) : [ConfigurationWalker.Unknown($"{path}:Args:{key}", key, value, [.. known.Keys])])
                yield return error;
        }

        foreach (var missing in methods.MinBy(method => Needed(method).Count()) is { } method ? Needed(method).Where(parameter => members.GetValueOrDefault("Args")?.Members?.ContainsKey(parameter.Name!) != true) : [])
            yield return new($"{path}:Args:{missing.Name}", "is missing.", "Give it a value.");
    }

    private static string[] Names => [.. Sinks.SelectMany(sink => MethodsOf(sink.Methods)).Select(method => method.Name).Distinct()];

    private static ConfigurationError UnknownSink(string path, ConfigurationNode node) => ConfigurationWalker.Unknown(path, node.Text, node, Names);

    private static MethodInfo[] Methods(string sink) => [.. Sinks.SelectMany(one => MethodsOf(one.Methods)).Where(method => method.Name.Equals(sink, StringComparison.OrdinalIgnoreCase))];

    private static IEnumerable<MethodInfo> MethodsOf(Type type) => type.GetMethods(BindingFlags.Public | BindingFlags.Static)
        .Where(method => method.ReturnType == typeof(LoggerConfiguration) && method.GetParameters() is [{ ParameterType: var first }, ..] && first == typeof(Serilog.Configuration.LoggerSinkConfiguration));

    private static IEnumerable<ParameterInfo> Needed(MethodInfo method) => method.GetParameters().Skip(1).Where(parameter => !parameter.IsOptional);

    private static IEnumerable<ConfigurationError> Value(string path, ConfigurationNode node, Type type)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        string? wanted = plain switch
        {
            _ when node.Kind is JsonValueKind.Null && (!type.IsValueType || plain != type) => null,
            { IsEnum: true } => Enum.GetNames(plain).Contains(node.Text, StringComparer.OrdinalIgnoreCase) ? null : $"Write one of {string.Join(", ", Enum.GetNames(plain).Select(name => $"\"{name}\""))}.",
            _ when plain == typeof(bool) => bool.TryParse(node.Text, out _) ? null : "Write true or false.",
            _ when plain == typeof(int) || plain == typeof(long) => long.TryParse(node.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) ? null : "Write a whole number.",
            _ when plain == typeof(TimeSpan) => TimeSpan.TryParse(node.Text, CultureInfo.InvariantCulture, out _) ? null : "Write a time as \"hh:mm:ss\".",
            _ when plain == typeof(string) => node.Kind is JsonValueKind.String ? null : "Write text in quotes.",
            _ => null, // a formatter's name and its like
        };
        if (wanted is not null)
            yield return new(path, $"is {(node.Kind is JsonValueKind.String ? $"\"{node.Text}\"" : node.Members is not null ? "an object" : node.Entries is not null ? "a list" : node.Text)}.", wanted);
    }
}
