using SispiAgent.Platform;
using SispiAgent.Tests.Support;

namespace SispiAgent.Tests.Platform;

internal sealed class DurableFileTests
{
    private readonly TempFolder _folder = new();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public void A_file_is_replaced_whole_owner_only_and_nothing_is_left_beside_it()
    {
        var path = _folder["facts.json"];
        File.WriteAllText(path, "a much longer text that was there before");

        DurableFile.Write(path, "new");

        Assert.That(File.ReadAllText(path), Is.EqualTo("new"));
        Assert.That(Directory.GetFiles(_folder.Folder), Is.EqualTo(new[] { path }));
        if (!OperatingSystem.IsWindows())
            Assert.That(File.GetUnixFileMode(path), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }

    [Test]
    public void Readers_see_the_old_text_or_the_new_and_never_half_of_one()
    {
        var path = _folder["f"];
        string[] texts = [new('a', 100_000), new('b', 200_000)];
        DurableFile.Write(path, texts[0]);
        var writing = Task.Run(() =>
        {
            for (var i = 0; i < 50; i++)
                DurableFile.Write(path, texts[i % 2]);
        });

        while (!writing.IsCompleted)
            Assert.That(texts, Does.Contain(File.ReadAllText(path)));
    }

    [Test]
    public void A_folder_that_is_not_there_is_said() =>
        Assert.That(() => DurableFile.FlushDirectory(_folder["nowhere"]), Throws.InstanceOf<IOException>().With.Message.Contains("nowhere"));
}
