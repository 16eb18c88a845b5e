using System.Text.Json;

namespace SispiAgent.BackupSets;

/// <summary>What <c>peer catalog</c> answers: the sets on a host's disk.</summary>
/// <param name="Schema">The format's number, 1.</param>
/// <param name="Node">The host.</param>
/// <param name="Directory">Its backup directory.</param>
/// <param name="Sets">The sets, the newest first.</param>
internal sealed record CatalogAnswer(int Schema, string Node, string Directory, IReadOnlyList<CatalogEntry> Sets)
{
    /// <summary>The number of the format that this agent writes and reads.</summary>
    public const int CurrentSchema = 1;

    /// <summary>The last restore drill that passed there.</summary>
    public LastDrill? LastDrill { get; init; }

    /// <summary>The newest drills that passed there, by which the time of a restore is estimated.</summary>
    public IReadOnlyList<DrillResult> Drills { get; init; } = [];

    /// <summary>Reads an answer.</summary>
    /// <exception cref="JsonException">It is none that this agent knows.</exception>
    public static CatalogAnswer Parse(string text)
    {
        var answer = JsonSerializer.Deserialize<CatalogAnswer>(text, ManifestFile.Options) ?? throw new JsonException("The catalog is empty.");
        return answer is { Schema: CurrentSchema, Sets: not null } ? answer : throw new JsonException($"The catalog has schema {answer.Schema}; this agent knows {CurrentSchema}. Install the same agent on all hosts.");
    }
}

/// <summary>A set on a host's disk.</summary>
/// <param name="Set">Its id.</param>
/// <param name="Time">When it was begun, UTC.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Seconds">How long it took.</param>
/// <param name="Databases">Its databases.</param>
/// <param name="ManifestSha256">The hash of its manifest: two sets of one name are the same only if it is.</param>
internal sealed record CatalogEntry(string Set, DateTimeOffset Time, long Bytes, long Seconds, IReadOnlyList<string> Databases, string ManifestSha256)
{
    /// <summary>When its files were last hashed there, UTC; <see langword="null"/>: when it was made or received, at the latest.</summary>
    public DateTimeOffset? VerifiedAt { get; init; }

    /// <summary>What was wrong then; <see langword="null"/>: nothing.</summary>
    public string? Problem { get; init; }

    /// <summary>Other places that were seen to have it.</summary>
    public IReadOnlyList<string> ProvenOn { get; init; } = [];

    /// <summary>Why it is pinned there, maybe empty; <see langword="null"/>: it is not.</summary>
    public string? Pin { get; init; }

    /// <summary>When it last passed a restore drill there, UTC.</summary>
    public DateTimeOffset? DrilledAt { get; init; }

    /// <summary>Whether the server was no longer the primary at its end.</summary>
    public bool IsFromFormerPrimary { get; init; }
}
