namespace SispiAgent.Demo;

/// <summary>How the mail sink answers.</summary>
internal sealed record SinkManners
{
    /// <summary>The reply to recipients: code by address; others are taken.</summary>
    public IReadOnlyDictionary<string, int> RecipientReplies { get; init; } = new Dictionary<string, int>();

    /// <summary>The reply to a mail's data; 250 takes it.</summary>
    public int DataReply { get; init; } = 250;

    /// <summary>Whether it accepts connections and never says a word.</summary>
    public bool IsSilent { get; init; }

    /// <summary>How long it waits between keeping a mail and saying so: the moment in which a client that dies can't know.</summary>
    public TimeSpan Pause { get; init; }

    /// <summary>The user and password it demands; <see langword="null"/>: none.</summary>
    public (string User, string Password)? Login { get; init; }
}
