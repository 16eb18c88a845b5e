using System.Text.Json.Serialization;
using SispiAgent.Processes;

namespace SispiAgent.BackupSets;

/// <summary>What a step of a restore does. In this order.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RestorePhase>))]
internal enum RestorePhase
{
    /// <summary>The files are as they were written.</summary>
    Check,

    /// <summary>Roles and tablespaces.</summary>
    Globals,

    /// <summary>The database, its schemas, types, functions and empty tables; of an undivided one all of it.</summary>
    Definitions,

    /// <summary>Rows, values of sequences, large objects.</summary>
    Rows,

    /// <summary>Indexes, constraints, triggers and whatever else needs the rows to be there.</summary>
    Constraints,

    /// <summary>Materialized views.</summary>
    Views,

    /// <summary>The planner's statistics.</summary>
    Statistics,
}

/// <summary>One command of stock PostgreSQL that restores a part of a set. Its connection is in the environment; it runs in the set's folder.</summary>
/// <param name="Phase">What it does.</param>
/// <param name="Database">The database that it restores; <see langword="null"/> for what belongs to the whole server.</param>
/// <param name="Program">The program.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="Bytes">The size of the file that it reads.</param>
internal sealed record RestoreStep(RestorePhase Phase, string? Database, string Program, IReadOnlyList<string> Arguments, long Bytes)
{
    /// <summary>The command as an operator types it.</summary>
    public override string ToString() => string.Join(' ', [Program, .. Arguments.Select(ToolCommand.Quote)]);
}
