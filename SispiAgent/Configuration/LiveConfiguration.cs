namespace SispiAgent.Configuration;

/// <summary>The last configuration that was valid. Everything at run time reads it here; a bad edit never gets in.</summary>
internal sealed class LiveConfiguration(ConfigurationSnapshot first)
{
    private ConfigurationSnapshot _current = first;

    /// <summary>Raised after <see cref="Current"/> has changed.</summary>
    public event Action? Changed;

    /// <summary>The configuration in force.</summary>
    public ConfigurationSnapshot Current => Volatile.Read(ref _current);

    /// <summary>Puts a valid configuration in force.</summary>
    public void Replace(ConfigurationSnapshot next)
    {
        Volatile.Write(ref _current, next);
        Changed?.Invoke();
    }
}
