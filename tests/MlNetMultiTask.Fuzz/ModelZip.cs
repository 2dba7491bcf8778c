using System.IO.Compression;
using MlNetMultiTask.Persistence;

namespace MlNetMultiTask.Fuzz;

/// <summary>A model file as a list of entries, and which of them are ours.</summary>
internal sealed class ModelZip
{
    public const string Manifest = "Manifest.json";
    public const string Weights = "Weights.bin";
    public const string History = "History.json";
    public const string Key = "Model.key";

    private readonly string _folder;

    public ModelZip(byte[] file)
    {
        using var archive = new ZipArchive(new MemoryStream(file), ZipArchiveMode.Read);
        Entries = [.. archive.Entries.Select(entry => (entry.FullName, Read(entry)))];
        _folder = Entries.Select(entry => entry.Name).Where(name => name.EndsWith("/" + Manifest, StringComparison.Ordinal)).MinBy(name => name.Length)![..^Manifest.Length];
    }

    /// <summary>Names and contents, in the order of the file. Names may be there twice in what is written, but not in what was read.</summary>
    public List<(string Name, byte[] Content)> Entries { get; }

    /// <summary>The table of contents that the library wrote into its Model.key.</summary>
    public byte[] Table => MakeTable([]);

    /// <summary>The full name of an entry of the multi-task model.</summary>
    public string NameOf(string entry) => _folder + entry;

    /// <summary>The last entry of that name, of the model or of a member of it.</summary>
    public string FindLast(string entry) => Entries.Last(item => item.Name.StartsWith(_folder, StringComparison.Ordinal) && item.Name.EndsWith(entry, StringComparison.Ordinal)).Name[_folder.Length..];

    /// <summary>An entry of that name, of the model or of a member of it.</summary>
    public string Pick(Random random, string entry)
    {
        string[] names = [.. Entries.Select(item => item.Name).Where(name => name.StartsWith(_folder, StringComparison.Ordinal) && name.EndsWith(entry, StringComparison.Ordinal))];
        return names[random.Next(names.Length)][_folder.Length..];
    }

    public byte[] Get(string entry) => Entries.Single(item => item.Name == NameOf(entry)).Content;

    /// <summary>A file with other contents of the multi-task model; its table of contents is made anew.</summary>
    public byte[] With(params (string Entry, byte[] Content)[] changes) => WithTable(MakeTable(changes), changes);

    /// <summary>A file with a table of contents of the same length, right or wrong.</summary>
    public byte[] WithTable(byte[] table) => WithTable(table, []);

    /// <summary>The file with an entry of the multi-task model replaced, and nothing else.</summary>
    public byte[] WithEntry(string entry, byte[] content) =>
        Write(Entries.Select(item => item.Name == NameOf(entry) ? (item.Name, content) : item));

    /// <summary>Packs entries into a file whose own checksums are right.</summary>
    public static byte[] Write(IEnumerable<(string Name, byte[] Content)> entries)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, byte[] content) in entries)
            {
                using Stream target = archive.CreateEntry(name, CompressionLevel.Fastest).Open();
                target.Write(content);
            }
        }

        return stream.ToArray();
    }

    private byte[] WithTable(byte[] table, (string Entry, byte[] Content)[] changes)
    {
        byte[] key = [.. Get(Key)];
        byte[] before = Table;
        int start = key.AsSpan().IndexOf(before);
        if (start < 0 || table.Length != before.Length)
        {
            throw new InvalidOperationException("The table of contents is not where it is expected.");
        }

        table.CopyTo(key, start);
        return Write(Entries.Select(item => (item.Name, item.Name == NameOf(Key) ? key : Find(changes, item))));
    }

    /// <summary>The table of all entries of the multi-task model, some of them changed, in the order in which they were saved.</summary>
    private byte[] MakeTable((string Entry, byte[] Content)[] changes)
    {
        var entries = new ModelEntries();
        foreach ((string Name, byte[] Content) item in Entries.Where(item => item.Name.StartsWith(_folder, StringComparison.Ordinal) && item.Name != NameOf(Key)))
        {
            entries.Add(item.Name[_folder.Length..], Find(changes, item));
        }

        return entries.ToHeader();
    }

    private byte[] Find((string Entry, byte[] Content)[] changes, (string Name, byte[] Content) item) =>
        Array.Find(changes, change => NameOf(change.Entry) == item.Name).Content ?? item.Content;

    private static byte[] Read(ZipArchiveEntry entry)
    {
        using var content = new MemoryStream();
        using Stream stream = entry.Open();
        stream.CopyTo(content);
        return content.ToArray();
    }
}
