using System.Buffers.Binary;
using System.Text;

namespace MlNetMultiTask.Tests.Build;

/// <summary>
/// A small ELF library made by hand: a file header, a string table, a section of version requirements and the section table.
/// </summary>
internal sealed class ElfLibrary
{
    public const string Wanted = "GLIBCXX_3.4.32";

    /// <summary>What the ELF specification's hash makes of <see cref="Wanted"/>, as found in the genuine library.</summary>
    public const uint WantedHash = 0x0297f842;

    private const int HeaderSize = 64;
    private const int RecordSize = 16;

    private ElfLibrary(byte[] image, int requirementsStart, int requirementsLength, int sectionTable, IReadOnlyList<int> wantedFlags)
    {
        Image = image;
        RequirementsStart = requirementsStart;
        RequirementsLength = requirementsLength;
        SectionTable = sectionTable;
        WantedFlags = wantedFlags;
    }

    public byte[] Image { get; }

    public int RequirementsStart { get; }

    public int RequirementsLength { get; }

    public int SectionTable { get; }

    /// <summary>Gets the positions of vna_flags in the entries named <see cref="Wanted"/>.</summary>
    public IReadOnlyList<int> WantedFlags { get; }

    /// <summary>Gets the position of the section header of the string table.</summary>
    public int StringsHeader => SectionTable + HeaderSize;

    /// <summary>Gets the position of the section header of the version requirements.</summary>
    public int RequirementsHeader => SectionTable + (2 * HeaderSize);

    public static ElfLibrary Create(params (string File, string[] Versions)[] libraries)
    {
        var strings = new MemoryStream();
        strings.WriteByte(0);
        var names = libraries.SelectMany(library => library.Versions.Prepend(library.File)).Distinct().ToDictionary(name => name, name =>
        {
            var position = (uint)strings.Position;
            strings.Write(Encoding.ASCII.GetBytes(name + '\0'));
            return position;
        });

        var requirementsStart = HeaderSize + (((int)strings.Length + 15) & ~15);
        var requirementsLength = libraries.Sum(library => (1 + library.Versions.Length) * RecordSize);
        var sectionTable = requirementsStart + requirementsLength;
        var image = new byte[sectionTable + (3 * HeaderSize)];
        strings.ToArray().CopyTo(image, HeaderSize);

        byte[] start = [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1];
        start.CopyTo(image, 0);
        Put16(image, 16, 3); // ET_DYN
        Put16(image, 18, 62); // EM_X86_64
        Put64(image, 40, (ulong)sectionTable);
        Put16(image, 58, HeaderSize);
        Put16(image, 60, 3);

        PutSection(image, sectionTable + HeaderSize, 3, HeaderSize, (int)strings.Length, 0, 0);
        PutSection(image, sectionTable + (2 * HeaderSize), 0x6ffffffe, requirementsStart, requirementsLength, 1, libraries.Length);

        List<int> wanted = [];
        var at = requirementsStart;
        foreach (var (index, (file, versions)) in libraries.Index())
        {
            Put16(image, at, 1);
            Put16(image, at + 2, (ushort)versions.Length);
            Put32(image, at + 4, names[file]);
            Put32(image, at + 8, RecordSize);
            Put32(image, at + 12, index == libraries.Length - 1 ? 0 : (uint)((1 + versions.Length) * RecordSize));
            at += RecordSize;
            foreach (var (position, version) in versions.Index())
            {
                Put32(image, at, version == Wanted ? WantedHash : 0x01234567);
                Put16(image, at + 6, (ushort)(position + 2));
                Put32(image, at + 8, names[version]);
                Put32(image, at + 12, position == versions.Length - 1 ? 0u : RecordSize);
                if (version == Wanted)
                {
                    wanted.Add(at + 4);
                }

                at += RecordSize;
            }
        }

        return new ElfLibrary(image, requirementsStart, requirementsLength, sectionTable, wanted);
    }

    public void Put16(int position, ushort value) => Put16(Image, position, value);

    public void Put32(int position, uint value) => Put32(Image, position, value);

    public void Put64(int position, ulong value) => Put64(Image, position, value);

    private static void Put16(byte[] image, int position, ushort value) =>
        BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(position), value);

    private static void Put32(byte[] image, int position, uint value) =>
        BinaryPrimitives.WriteUInt32LittleEndian(image.AsSpan(position), value);

    private static void Put64(byte[] image, int position, ulong value) =>
        BinaryPrimitives.WriteUInt64LittleEndian(image.AsSpan(position), value);

    private static void PutSection(byte[] image, int header, uint type, int start, int length, uint link, int info)
    {
        Put32(image, header + 4, type);
        Put64(image, header + 24, (ulong)start);
        Put64(image, header + 32, (ulong)length);
        Put32(image, header + 40, link);
        Put32(image, header + 44, (uint)info);
    }
}
