using System.Collections;
using System.Reflection;
using System.Text.Json;

namespace SispiAgent.Tests.Conventions;

/// <summary>Every option stands in <c>appsettings.json</c> with its default, so that the file is the whole reference.</summary>
internal static class OptionCoverage
{
    /// <summary>What a section of the file lacks, or gives another value than the default.</summary>
    /// <param name="section">The section's key.</param>
    /// <param name="type">Its options class.</param>
    /// <param name="json">The section in the file.</param>
    /// <param name="siteValues">Keys whose values are the site's own.</param>
    public static IEnumerable<string> Violations(string section, Type type, JsonElement json, IReadOnlySet<string> siteValues)
    {
        var defaults = Activator.CreateInstance(type)!;
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.SetMethod is { IsPublic: true } || property.PropertyType.IsGenericType))
        {
            var key = $"{section}:{property.Name}";
            if (property.GetIndexParameters().Length > 0 || (property.SetMethod is null && !typeof(ICollection).IsAssignableFrom(property.PropertyType)))
                continue;
            if (!json.TryGetProperty(property.Name, out var value))
                yield return $"{key} is not in appsettings.json";
            else if (!siteValues.Contains(key) && Shown(value) != Shown(property.GetValue(defaults)))
                yield return $"{key} is {Shown(value)} in appsettings.json, its default is {Shown(property.GetValue(defaults))}";
        }
    }

    private static string Shown(JsonElement value) => value.ValueKind is JsonValueKind.Array ? string.Join(',', value.EnumerateArray().Select(Shown)) : value.ToString();

    private static string Shown(object? value) => value is IEnumerable entries and not string
        ? string.Join(',', entries.Cast<object>().Select(Shown))
        : Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture) ?? "";
}
