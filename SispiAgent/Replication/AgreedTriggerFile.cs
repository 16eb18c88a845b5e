namespace SispiAgent.Replication;

/// <summary>The trigger file that the site agreed on for a host; <see langword="null"/>: none. Who judges a failover knows it; given here so that one fact is told once.</summary>
/// <param name="node">The host's name.</param>
internal delegate string? AgreedTriggerFile(string node);
