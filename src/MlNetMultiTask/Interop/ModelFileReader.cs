using Microsoft.ML;

namespace MlNetMultiTask.Interop;

/// <summary>Reads a transformer's part of a model file: a header, and entries of their own in the zip archive.</summary>
internal sealed class ModelFileReader
{
    private readonly ModelLoadContext _context;

    internal ModelFileReader(ModelLoadContext context) => _context = context;

    /// <summary>The stream at the transformer's header.</summary>
    public BinaryReader Header => _context.Reader;

    /// <summary>Reads an entry whole; null where the file has none of that name.</summary>
    /// <exception cref="FormatException">The entry's length is not the expected one; nothing is allocated then.</exception>
    public byte[]? ReadEntry(string name, long expectedLength)
    {
        byte[]? content = null;
        _context.TryLoadBinaryStream(name, reader =>
        {
            // ML.NET has unpacked the entry to a file or to memory, so its true length is known before we allocate.
            long length = reader.BaseStream.Length - reader.BaseStream.Position;
            if (length != expectedLength || length > Array.MaxLength)
            {
                throw new FormatException($"Entry '{name}' of the multi-task model has {length} bytes, and its table of contents says {expectedLength}: the file is damaged or was edited.");
            }

            content = reader.ReadBytes((int)length);
        });
        return content;
    }
}
