using System.Security.Cryptography;
using System.Text;

namespace MlNetMultiTask.Persistence;

/// <summary>
/// The named entries of a model and their table of contents: format, names, lengths and SHA-256 checksums. The table is
/// a checked block of its own, so that every byte that is read has been verified first.
/// </summary>
internal sealed class ModelEntries
{
    /// <summary>The version of the table and of the entries' formats that this build writes; it reads all up to it.</summary>
    public const int CurrentFormat = 1;

    private const int MaximumNumberOfEntries = 10_000;
    private const int MaximumTableLength = 4_000_000;
    private const int MaximumNameLength = 1_000;
    private const int HashLength = 32;

    private readonly Dictionary<string, byte[]> _contents = new(StringComparer.Ordinal);

    /// <summary>The entries by name, in the order in which they were added.</summary>
    public IEnumerable<KeyValuePair<string, byte[]>> All => _contents;

    /// <summary>Adds an entry; slashes in its name make folders.</summary>
    /// <exception cref="ArgumentException">The name could not be read back, or is there already.</exception>
    public void Add(string name, byte[] content)
    {
        if (!IsValidName(name))
        {
            throw new ArgumentException($"'{name}' can't be the name of an entry: names are made of letters and digits of ASCII, '.', '-' and '_', with single slashes between.", nameof(name));
        }

        _contents.Add(name, content);
    }

    /// <summary>An entry's content; null where there is none of that name.</summary>
    public byte[]? Find(string name) => _contents.GetValueOrDefault(name);

    /// <summary>An entry's content.</summary>
    /// <exception cref="FormatException">The model has no such entry.</exception>
    public byte[] Get(string name) =>
        _contents.TryGetValue(name, out byte[]? content)
            ? content
            : throw new FormatException($"The multi-task model has no entry '{name}': the file is damaged or was edited.");

    /// <summary>The table of contents as bytes: format, length, body, checksum.</summary>
    public byte[] ToHeader()
    {
        using var body = new MemoryStream();
        using (var writer = new BinaryWriter(body, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(_contents.Count);
            foreach ((string name, byte[] content) in _contents)
            {
                writer.Write(name);
                writer.Write(content.LongLength);
                writer.Write(SHA256.HashData(content));
            }
        }

        byte[] table = body.ToArray();
        using var header = new MemoryStream();
        using var headerWriter = new BinaryWriter(header);
        headerWriter.Write(CurrentFormat);
        headerWriter.Write(table.Length);
        headerWriter.Write(table);
        headerWriter.Write(SHA256.HashData(table));
        return header.ToArray();
    }

    /// <summary>Reads the table, then every entry that it names, and verifies each.</summary>
    /// <param name="header">The stream at the table.</param>
    /// <param name="readEntry">Returns an entry's bytes from its name and length, or null where it is absent.</param>
    /// <exception cref="FormatException">The format is unknown, or something is missing or altered.</exception>
    public static ModelEntries Read(BinaryReader header, Func<string, long, byte[]?> readEntry)
    {
        int format = header.ReadInt32();
        if (format is < 1 or > CurrentFormat)
        {
            throw new FormatException($"The multi-task model has format {format}; this version of MlNetMultiTask reads formats 1 to {CurrentFormat}. Use a newer version of the library.");
        }

        var entries = new ModelEntries();
        foreach ((string name, long length, byte[] hash) in ReadTable(header))
        {
            byte[] content = readEntry(name, length)
                ?? throw new FormatException($"Entry '{name}' of the multi-task model is missing: the file is damaged or was edited.");
            if (!SHA256.HashData(content).AsSpan().SequenceEqual(hash))
            {
                throw new FormatException($"Entry '{name}' of the multi-task model does not match its checksum: the file is damaged or was edited.");
            }

            if (!entries._contents.TryAdd(name, content))
            {
                throw new FormatException($"Entry '{name}' of the multi-task model is listed twice.");
            }
        }

        return entries;
    }

    /// <summary>ML.NET makes a path of a name: what could not be one, or could lead elsewhere, is no name of ours.</summary>
    private static bool IsValidName(string name) =>
        name.Length is > 0 and <= MaximumNameLength
        && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '/' or '-' or '_')
        && name.Split('/').All(part => part.Length > 0 && !part.StartsWith('.'));

    private static List<(string Name, long Length, byte[] Hash)> ReadTable(BinaryReader header)
    {
        int length = header.ReadInt32();
        long available = header.BaseStream.Length - header.BaseStream.Position;
        if (length < sizeof(int) || length > MaximumTableLength || length > available - HashLength)
        {
            throw new FormatException($"The multi-task model's table of contents says it has {length} bytes, which can't be: the file is damaged or was edited.");
        }

        byte[] table = header.ReadBytes(length);
        if (!SHA256.HashData(table).AsSpan().SequenceEqual(header.ReadBytes(HashLength)))
        {
            throw new FormatException("The multi-task model's table of contents does not match its checksum: the file is damaged or was edited.");
        }

        using var reader = new BinaryReader(new MemoryStream(table, writable: false), Encoding.UTF8);
        int count = reader.ReadInt32();
        if (count is < 0 or > MaximumNumberOfEntries)
        {
            throw new FormatException($"The multi-task model's table of contents lists {count} entries, which can't be.");
        }

        var rows = new List<(string, long, byte[])>();
        for (int i = 0; i < count; i++)
        {
            string name = reader.ReadString();
            long contentLength = reader.ReadInt64();
            byte[] hash = reader.ReadBytes(HashLength);
            if (!IsValidName(name) || contentLength < 0 || hash.Length != HashLength)
            {
                throw new FormatException($"Row {i} of the multi-task model's table of contents is not valid.");
            }

            rows.Add((name, contentLength, hash));
        }

        return rows;
    }
}
