namespace SispiAgent.Configuration;

/// <summary>One section of the configuration in force. Read <see cref="Current"/> at each use, so that an edit takes effect.</summary>
internal sealed class LiveOptions<TOptions>(LiveConfiguration configuration) where TOptions : class
{
    /// <summary>The section as it is now.</summary>
    public TOptions Current => configuration.Current.Get<TOptions>();
}
