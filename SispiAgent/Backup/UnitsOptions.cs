using System.ComponentModel.DataAnnotations;
using SispiAgent.BackupSets;

namespace SispiAgent.Backup;

/// <summary>A database of <c>Backup:Databases</c>: it is divided into files; a database that is not named there is one file.</summary>
internal sealed class DatabaseOptions : IValidatableObject
{
    /// <summary>Tables that share a file, the first match counts. Large tables, each schema and the rest have files of their own anyway.</summary>
    public List<UnitOptions> Units { get; } = [];

    /// <summary>Whether it is divided also where the server can't export a snapshot (before 9.2): its files then show different moments, and the set says the window.</summary>
    public bool SplitWithoutSnapshot { get; set; }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var twice in Units.GroupBy(unit => unit.Name, StringComparer.OrdinalIgnoreCase).Where(units => units.Count() > 1))
            yield return new ValidationResult($"has two units \"{twice.Key}\": give each a name of its own.", [nameof(Units)]);
    }
}

/// <summary>Tables that share a file.</summary>
internal sealed class UnitOptions : IValidatableObject
{
    /// <summary>What it is called: letters, digits and underscores.</summary>
    [Required, RegularExpression("^[A-Za-z0-9_]{1,63}$", ErrorMessage = "write 1 to 63 letters, digits and underscores.")]
    public string Name { get; set; } = "";

    /// <summary>Which tables, as pg_dump writes patterns (manual of psql, "Patterns"), schema and table: <c>telemetry.monsoon*</c>.</summary>
    [MinLength(1)]
    public List<string> Tables { get; } = [];

    /// <summary>The patterns.</summary>
    public UnitGroup ToGroup() => new(Name, [.. Tables.Select(TablePattern.Parse)]);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var (pattern, problem) in Tables.Select(pattern => (pattern, Problem(pattern))).Where(entry => entry.Item2 is not null))
            yield return new ValidationResult($"\"{pattern}\": {problem}.", [nameof(Tables)]);
    }

    private static string? Problem(string pattern)
    {
        try
        {
            TablePattern.Parse(pattern);
            return null;
        }
        catch (FormatException e)
        {
            return e.Message;
        }
    }
}
