using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json;

namespace SispiAgent.Configuration;

/// <summary>
/// Walks a configuration against the option types and notes everything that is wrong: the library's own check stops at the first bad
/// object. What it returns is complete only when it noted nothing.
/// </summary>
internal sealed class ConfigurationWalker(List<ConfigurationError> errors)
{
    private static readonly string[] Secrets = ["password", "passwd", "secret", "token"];

    /// <summary>Makes an object of a type from a node, its defaults where the node has nothing.</summary>
    public object Walk(ConfigurationNode? node, Type type, string path)
    {
        var target = Activator.CreateInstance(type)!;
        var properties = type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(IsOption).ToArray();
        if (node is { Members: null })
        {
            errors.Add(new(path, $"is no object{From(node)}.", $"Write an object with the keys {string.Join(", ", properties.Select(property => property.Name))}."));
            return target;
        }

        foreach (var (key, member) in node?.Members ?? [])
        {
            var property = properties.FirstOrDefault(candidate => candidate.Name.Equals(key, StringComparison.OrdinalIgnoreCase));
            if (property is null)
                errors.Add(Unknown($"{path}:{key}", key, member, [.. properties.Select(candidate => candidate.Name)]));
            else
                Set(target, property, member, $"{path}:{property.Name}");
        }

        Validate(target, properties, path);
        return target;
    }

    /// <summary>The error for a key that nobody knows, with the nearest one that is known.</summary>
    public static ConfigurationError Unknown(string path, string key, ConfigurationNode node, IReadOnlyList<string> known)
    {
        var from = From(node);
        if (Secrets.Any(word => key.Contains(word, StringComparison.OrdinalIgnoreCase)))
            return new(path, $"no secret belongs into the configuration{from}.", "PostgreSQL's passwords are in the pass file (Postgres:PassFile), the mail server's in a file of its own (Mail:PasswordFile). Remove it, and change it: others may have read it.");
        var nearest = known.OrderBy(candidate => Distance(candidate, key)).FirstOrDefault();
        return new(path, $"is not known{from}.", nearest is not null && Distance(nearest, key) <= Math.Max(2, key.Length / 3) ? $"Did you mean {nearest}?" : $"Known here: {string.Join(", ", known)}.");
    }

    private void Set(object target, PropertyInfo property, ConfigurationNode node, string path)
    {
        var type = property.PropertyType;
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Dictionary<,>))
        {
            var dictionary = (IDictionary)property.GetValue(target)!;
            if (node.Members is null)
                errors.Add(new(path, $"is no object{From(node)}.", "Write { \"name\": … }."));
            foreach (var (key, member) in node.Members ?? [])
            {
                if (Convert(member, type.GetGenericArguments()[1], $"{path}:{key}") is { } value)
                    dictionary[key] = value;
            }
        }
        else if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(List<>))
        {
            var list = (IList)property.GetValue(target)!;
            list.Clear(); // what the file says replaces the defaults
            var entries = node.AsList();
            if (entries is null)
                errors.Add(new(path, $"is no list{From(node)}.", "Write [ … ]."));
            for (var i = 0; i < (entries?.Count ?? 0); i++)
            {
                if (Convert(entries![i], type.GetGenericArguments()[0], $"{path}:{i}") is { } value)
                    list.Add(value);
            }
        }
        else if (Convert(node, type, path) is { } value)
        {
            property.SetValue(target, value);
        }
    }

    private object? Convert(ConfigurationNode node, Type type, string path)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        if (plain.IsClass && plain != typeof(string))
            return Walk(node, plain, path);

        var given = node.Variable is null ? node.Kind : JsonValueKind.Undefined;
        object? value = plain switch
        {
            _ when node.Members is not null || node.Entries is not null => null,
            _ when plain == typeof(string) => given is JsonValueKind.String or JsonValueKind.Undefined ? node.Text : null,
            _ when plain == typeof(bool) => given is JsonValueKind.True or JsonValueKind.False or JsonValueKind.Undefined && bool.TryParse(node.Text, out var flag) ? flag : null,
            _ when plain == typeof(int) => given is JsonValueKind.Number or JsonValueKind.Undefined && int.TryParse(node.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null,
            _ when plain == typeof(long) => given is JsonValueKind.Number or JsonValueKind.Undefined && long.TryParse(node.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null,
            _ when plain == typeof(TimeSpan) => given is JsonValueKind.String or JsonValueKind.Undefined && node.Text.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(node.Text, CultureInfo.InvariantCulture, out var span) ? span : null,
            _ when plain.IsEnum => given is JsonValueKind.String or JsonValueKind.Undefined && Enum.GetNames(plain).FirstOrDefault(name => name.Equals(node.Text, StringComparison.OrdinalIgnoreCase)) is { } name ? Enum.Parse(plain, name) : null,
            _ => throw new NotSupportedException($"{path}: the walker knows no {plain.Name}."),
        };
        if (value is null)
            errors.Add(new(path, $"is {Shown(node)}{From(node)}.", Wanted(plain)));
        return value;
    }

    private void Validate(object target, PropertyInfo[] properties, string path)
    {
        foreach (var property in properties)
        {
            var value = property.GetValue(target);
            var key = $"{path}:{property.Name}";
            if (errors.Any(error => error.Key == key))
                continue; // one error a key: the default that stands in for the wrong value says nothing
            foreach (var attribute in property.GetCustomAttributes<ValidationAttribute>().Where(attribute => !attribute.IsValid(value)))
                errors.Add(new(key, attribute is RangeAttribute or RegularExpressionAttribute ? $"is {(value is string ? $"\"{value}\"" : value)}." : "is missing.", attribute switch
                {
                    RangeAttribute range => $"It is between {range.Minimum} and {range.Maximum}.",
                    RegularExpressionAttribute { ErrorMessage: { } remedy } => char.ToUpperInvariant(remedy[0]) + remedy[1..],
                    MinLengthAttribute length => $"Name at least {length.Length}.",
                    _ => "Give it a value.",
                }));
        }

        if (target is not IValidatableObject rules)
            return;
        foreach (var result in rules.Validate(new ValidationContext(target)))
        {
            string[] keys = [.. result.MemberNames.Select(member => $"{path}:{member}")];
            if (!keys.Any(key => errors.Any(error => error.Key == key)))
                errors.Add(new(string.Join(", ", keys), result.ErrorMessage ?? "is not valid.", ""));
        }
    }

    private static bool IsOption(PropertyInfo property) => property.SetMethod is { IsPublic: true }
        || (property.PropertyType.IsGenericType && property.PropertyType.GetGenericTypeDefinition() is var generic && (generic == typeof(Dictionary<,>) || generic == typeof(List<>)));

    private static string From(ConfigurationNode node) => node.Variable is { } variable ? $" (environment variable {variable})" : "";

    private static string Shown(ConfigurationNode node) => node.Kind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.Null => "null",
        JsonValueKind.String => $"\"{node.Text}\"",
        _ => node.Text,
    };

    private static string Wanted(Type type) => type switch
    {
        _ when type == typeof(string) => "Write text in quotes.",
        _ when type == typeof(bool) => "Write true or false, without quotes.",
        _ when type == typeof(TimeSpan) => "Write a time as \"hh:mm:ss\" or \"days.hh:mm:ss\".",
        _ when type.IsEnum => $"Write one of {string.Join(", ", Enum.GetNames(type).Select(name => $"\"{name}\""))}.",
        _ => "Write a whole number, without quotes.",
    };

    /// <summary>How many single changes lead from one word to the other (Levenshtein).</summary>
    private static int Distance(string one, string other)
    {
        var row = Enumerable.Range(0, other.Length + 1).ToArray();
        for (var i = 1; i <= one.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= other.Length; j++)
                (diagonal, row[j]) = (row[j], Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (char.ToUpperInvariant(one[i - 1]) == char.ToUpperInvariant(other[j - 1]) ? 0 : 1)));
        }

        return row[^1];
    }
}
