namespace SispiAgent.BackupSets;

/// <summary>One database of a set.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Owner">Its owner.</param>
/// <param name="Encoding">Its encoding.</param>
/// <param name="Collate">Its collation.</param>
/// <param name="CharacterType">Its character classification.</param>
/// <param name="Bytes">Its size on the server.</param>
/// <param name="Snapshot">The exported snapshot; <see langword="null"/> where the server has none (before 9.2).</param>
/// <param name="Lsn">Where the server wrote when the snapshot was taken.</param>
/// <param name="SnapshotAt">When that was.</param>
/// <param name="Attempts">How many snapshots it took: an attempt yields to sessions that wait behind it.</param>
/// <param name="Tables">Its tables as the snapshot has them.</param>
internal sealed record SetDatabase(
    string Name, string Owner, string Encoding, string Collate, string CharacterType, long Bytes, string? Snapshot, string? Lsn, DateTimeOffset SnapshotAt, int Attempts, IReadOnlyList<SetTable> Tables)
{
    /// <summary>What its files are, as the plan had it. Empty in sets of agents before 0.2: one file, the whole database.</summary>
    public IReadOnlyList<SetUnit> Units { get; init; } = [];

    /// <summary>The values of its sequences as the files hold them: sequences ignore snapshots, so the catalog can't tell.</summary>
    public IReadOnlyList<SetSequence> Sequences { get; init; } = [];

    /// <summary>How many large objects the files hold; <see langword="null"/> where nobody counted.</summary>
    public long? LargeObjects { get; init; }

    /// <summary>The digest of their contents; <see langword="null"/> where none was made.</summary>
    public string? LargeObjectsDigest { get; init; }

    /// <summary>The materialized views that held rows, in the order in which they can be refreshed.</summary>
    public IReadOnlyList<SetView> PopulatedViews { get; init; } = [];

    /// <summary>Its extensions: a server without them can't restore it.</summary>
    public IReadOnlyList<SetExtension> Extensions { get; init; } = [];

    /// <summary>The providers of its security labels: a server that has not loaded them refuses the labels.</summary>
    public IReadOnlyList<string> LabelProviders { get; init; } = [];

    /// <summary>The collations that it needs besides its own: a server that lacks one can't restore it. Empty in sets of agents that did not record them.</summary>
    public IReadOnlyList<SetCollation> Collations { get; init; } = [];

    /// <summary>What it sorts by; <see langword="null"/>: the C library.</summary>
    public DatabaseLocale? Locale { get; init; }
}

/// <summary>One unit of a database's plan, one file.</summary>
/// <param name="Name">Its name, unique in the database.</param>
/// <param name="Kind">What it holds.</param>
/// <param name="File">The file.</param>
/// <param name="Bytes">The estimate: heap and TOAST of its tables on the server.</param>
/// <param name="Why">Why these tables are together, as a sentence.</param>
internal sealed record SetUnit(string Name, UnitKind Kind, string File, long Bytes, string Why);

/// <summary>A sequence and where it stands.</summary>
/// <param name="Schema">Its schema.</param>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its <c>last_value</c>.</param>
/// <param name="IsCalled">Whether that value has been handed out: the next one is another.</param>
internal sealed record SetSequence(string Schema, string Name, long Value, bool IsCalled);

/// <summary>A materialized view.</summary>
/// <param name="Schema">Its schema.</param>
/// <param name="Name">Its name.</param>
internal sealed record SetView(string Schema, string Name);

/// <summary>An extension.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Version">Its version.</param>
internal sealed record SetExtension(string Name, string Version);
