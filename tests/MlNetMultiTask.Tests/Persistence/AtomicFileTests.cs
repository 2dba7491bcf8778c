using MlNetMultiTask.Persistence;
using MlNetMultiTask.Tests.Contracts;

namespace MlNetMultiTask.Tests.Persistence;

public sealed class AtomicFileTests
{
    [Fact]
    public void A_file_is_replaced_whole()
    {
        using var folder = new TemporaryFolder();
        string path = folder["model.zip"];
        File.WriteAllText(path, "something older and longer");

        AtomicFile.Write(path, stream => stream.Write("new"u8));

        Assert.Equal("new", File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(path)!));
    }

    [Fact]
    public void A_link_stays_one_and_its_target_is_replaced()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["version1.zip"], "older");
        File.CreateSymbolicLink(folder["current.zip"], "version1.zip");

        AtomicFile.Write(folder["current.zip"], stream => stream.Write("new"u8));

        Assert.NotNull(new FileInfo(folder["current.zip"]).LinkTarget);
        Assert.Equal("new", File.ReadAllText(folder["version1.zip"]));
    }

    [Fact]
    public void Who_may_read_the_older_file_may_read_the_new_one_and_nobody_else()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var folder = new TemporaryFolder();
        foreach (UnixFileMode mode in new[] { UnixFileMode.UserRead | UnixFileMode.UserWrite, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupWrite | UnixFileMode.OtherRead })
        {
            File.WriteAllText(folder["model.zip"], "older");
            File.SetUnixFileMode(folder["model.zip"], mode);
            AtomicFile.Write(folder["model.zip"], stream => stream.Write("new"u8));

            Assert.Equal(mode, File.GetUnixFileMode(folder["model.zip"]));
        }
    }

    [Fact]
    public void A_name_may_be_as_long_as_the_system_allows()
    {
        using var folder = new TemporaryFolder();
        string path = folder[new string('m', 255)];
        AtomicFile.Write(path, stream => stream.Write("new"u8));

        Assert.Equal("new", File.ReadAllText(path));
    }

    [Fact]
    public void What_is_no_file_is_left_alone_and_named()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["model.zip"]);
        string[] places = [folder["model.zip"], folder["nowhere/model.zip"], .. OperatingSystem.IsWindows() ? Array.Empty<string>() : ["/dev/no-such-model.zip"]];

        Assert.All(places, place =>
        {
            string message = Assert.ThrowsAny<IOException>(() => AtomicFile.Write(place, stream => stream.Write("new"u8))).Message;
            Assert.Contains($"'{place}'", message, StringComparison.Ordinal);
        });
        Assert.True(Directory.Exists(folder["model.zip"]));
    }

    [Fact]
    public void Where_writing_fails_the_older_file_stays_and_nothing_else()
    {
        using var folder = new TemporaryFolder();
        string path = folder["model.zip"];
        File.WriteAllText(path, "older");

        Assert.Throws<InvalidDataException>(() => AtomicFile.Write(path, stream =>
        {
            stream.Write("half"u8);
            throw new InvalidDataException("no more");
        }));

        Assert.Equal("older", File.ReadAllText(path));
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(path)!));
    }
}
