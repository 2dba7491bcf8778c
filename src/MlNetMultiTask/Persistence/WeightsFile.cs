using System.Buffers.Binary;
using System.Text;

namespace MlNetMultiTask.Persistence;

/// <summary>Named arrays of floats with their shapes, as bytes: little-endian, the names in UTF-8, independent of any culture.</summary>
internal static class WeightsFile
{
    private const int MaximumNumberOfTensors = 100_000;
    private const int MaximumRank = 8;

    private static ReadOnlySpan<byte> Magic => "MNMTW001"u8;

    public static byte[] Write(IReadOnlyList<NamedTensor> tensors)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream, Encoding.UTF8);
        writer.Write(Magic);
        writer.Write(tensors.Count);
        foreach (NamedTensor tensor in tensors)
        {
            writer.Write(tensor.Name);
            writer.Write((byte)tensor.Shape.Length);
            foreach (long size in tensor.Shape)
            {
                writer.Write(size);
            }

            writer.Write(ToLittleEndian(tensor.Values));
        }

        return stream.ToArray();
    }

    /// <summary>Reads what <see cref="Write"/> wrote; counts are checked against the bytes that are there before anything is allocated.</summary>
    /// <exception cref="FormatException">The bytes are not of this format.</exception>
    public static IReadOnlyList<NamedTensor> Read(byte[] content)
    {
        using var reader = new BinaryReader(new MemoryStream(content, writable: false), Encoding.UTF8);
        if (!reader.ReadBytes(Magic.Length).AsSpan().SequenceEqual(Magic))
        {
            throw new FormatException("The model's weights do not begin with the expected tag.");
        }

        int count = reader.ReadInt32();
        if (count is < 0 or > MaximumNumberOfTensors)
        {
            throw new FormatException($"The model's weights say they hold {count} tensors, which can't be.");
        }

        var tensors = new List<NamedTensor>();
        for (int i = 0; i < count; i++)
        {
            tensors.Add(ReadTensor(reader));
        }

        return reader.BaseStream.Position == content.Length
            ? tensors
            : throw new FormatException($"The model's weights have {content.Length - reader.BaseStream.Position} bytes too many.");
    }

    private static NamedTensor ReadTensor(BinaryReader reader)
    {
        string name = reader.ReadString();
        int rank = reader.ReadByte();
        if (rank > MaximumRank)
        {
            throw new FormatException($"Tensor '{name}' of the model's weights has rank {rank}; at most {MaximumRank} is valid.");
        }

        long[] shape = new long[rank];
        for (int i = 0; i < rank; i++)
        {
            shape[i] = reader.ReadInt64();
        }

        long available = (reader.BaseStream.Length - reader.BaseStream.Position) / sizeof(float);
        long elements = shape.Contains(0) ? 0 : 1;
        foreach (long size in shape)
        {
            if (size < 0 || (elements > 0 && elements > available / size))
            {
                throw new FormatException($"Tensor '{name}' of the model's weights is larger than the bytes that are there.");
            }

            elements *= size;
        }

        byte[] bytes = reader.ReadBytes(checked((int)(elements * sizeof(float))));
        return bytes.Length == elements * sizeof(float)
            ? new NamedTensor(name, shape, FromLittleEndian(bytes))
            : throw new FormatException($"Tensor '{name}' of the model's weights is cut off.");
    }

    private static byte[] ToLittleEndian(float[] values)
    {
        byte[] bytes = new byte[values.Length * sizeof(float)];
        for (int i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), values[i]);
        }

        return bytes;
    }

    private static float[] FromLittleEndian(byte[] bytes)
    {
        float[] values = new float[bytes.Length / sizeof(float)];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(i * sizeof(float)));
        }

        return values;
    }
}
