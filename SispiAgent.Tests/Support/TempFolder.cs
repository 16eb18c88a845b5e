namespace SispiAgent.Tests.Support;

/// <summary>A folder of one test, with a path short enough for unix sockets; gone afterwards.</summary>
internal sealed class TempFolder : IDisposable
{
    public TempFolder() => Folder = Directory.CreateTempSubdirectory("sispi-").FullName;

    public string Folder { get; }

    public string this[string name] => Path.Combine(Folder, name);

    public void Dispose()
    {
        if (Directory.Exists(Folder))
            Directory.Delete(Folder, recursive: true);
    }
}
