using SispiAgent.Findings;

namespace SispiAgent.Alerts;

/// <summary>Mail that waits on disk until a mail server has taken it.</summary>
internal sealed class Outbox
{
    /// <summary>Puts a letter in; it is sent as soon as a mail server takes it.</summary>
    public void Post(Letter letter) => throw new NotImplementedException();
}
