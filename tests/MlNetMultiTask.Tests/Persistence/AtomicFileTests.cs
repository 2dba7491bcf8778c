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
