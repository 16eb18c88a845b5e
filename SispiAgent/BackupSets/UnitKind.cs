using System.Text.Json.Serialization;

namespace SispiAgent.BackupSets;

/// <summary>What a dump file holds of its database. Rows are in exactly one file; definitions of a divided database are restored from <see cref="Definitions"/>.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<UnitKind>))]
internal enum UnitKind
{
    /// <summary>The whole database, definitions and rows.</summary>
    Whole,

    /// <summary>The definitions of the whole database, no rows.</summary>
    Definitions,

    /// <summary>Named tables: a large one, or a group of the configuration.</summary>
    Tables,

    /// <summary>A schema without what other units hold of it.</summary>
    Schema,

    /// <summary>Everything that no other unit holds: large objects and extensions too.</summary>
    Rest,
}
