using System.Buffers.Binary;
using System.Reflection;
using CsCheck;
using MlNetMultiTask.Build;
using TorchSharp;

namespace MlNetMultiTask.Tests.Build;

/// <summary>The step of the build that makes TorchSharp's native library load on older Linux systems.</summary>
public sealed class NativeLibraryPatchTests
{
    private const byte Weak = 2;

    [Fact]
    public void Only_the_flag_of_the_wanted_version_changes()
    {
        var library = TwoLibraries();
        var patched = Patch(library.Image, out var changed, out var problem);

        Assert.Empty(problem);
        Assert.Equal(1, changed);
        Assert.Equal(library.WantedFlags, Differences(library.Image, patched));
        Assert.Equal(Weak, patched[library.WantedFlags[0]]);
    }

    [Fact]
    public void Every_library_that_must_bring_the_version_is_found()
    {
        var library = ElfLibrary.Create(("libstdc++.so.6", [ElfLibrary.Wanted]), ("libother.so", ["OTHER_1", ElfLibrary.Wanted]));
        var patched = Patch(library.Image, out var changed, out _);

        Assert.Equal(2, changed);
        Assert.Equal(library.WantedFlags, Differences(library.Image, patched));
    }

    [Fact]
    public void Other_flags_of_the_entry_are_kept()
    {
        var library = TwoLibraries();
        library.Image[library.WantedFlags[0]] = 1;

        Assert.Equal(1 | Weak, Patch(library.Image, out _, out _)[library.WantedFlags[0]]);
    }

    [Fact]
    public void A_patched_library_is_left_as_it_is()
    {
        var once = Patch(TwoLibraries().Image, out _, out _);
        var twice = Patch(once, out var changed, out var problem);

        Assert.Empty(problem);
        Assert.Equal(0, changed);
        Assert.Equal(once, twice);
    }

    [Theory]
    [InlineData("GLIBCXX_3.4.3")]
    [InlineData("GLIBCXX_3.4.320")]
    [InlineData("glibcxx_3.4.32")]
    public void A_library_without_the_requirement_is_no_problem(string version)
    {
        var library = ElfLibrary.Create(("libstdc++.so.6", ["GLIBCXX_3.4.30", version]));
        var patched = Patch(library.Image, out var changed, out var problem);

        Assert.Empty(problem);
        Assert.Equal(0, changed);
        Assert.Equal(library.Image, patched);
    }

    [Fact]
    public void A_library_without_any_requirements_is_no_problem()
    {
        var library = TwoLibraries();
        library.Put32(library.RequirementsHeader + 4, 1);
        Patch(library.Image, out var changed, out var problem);

        Assert.Empty(problem);
        Assert.Equal(0, changed);
    }

    /// <summary>Ways to damage a library, and words of the problem that must be reported.</summary>
    private static readonly Dictionary<string, (string Problem, Action<ElfLibrary> Apply)> _damages = new()
    {
        ["wrong magic"] = ("not an ELF file", library => library.Put32(0, 0)),
        ["32 bits"] = ("64-bit little-endian x86-64", library => library.Image[4] = 1),
        ["big-endian"] = ("64-bit little-endian x86-64", library => library.Image[5] = 2),
        ["another processor"] = ("64-bit little-endian x86-64", library => library.Put16(18, 183)),
        ["section table at the end of the world"] = ("section table", library => library.Put64(40, ulong.MaxValue)),
        ["section table whose end overflows"] = ("section table", library => library.Put64(40, ulong.MaxValue - 63)),
        ["section table cut off"] = ("section table", library => library.Put64(40, (ulong)library.Image.Length - 64)),
        ["section headers of another size"] = ("section table", library => library.Put16(58, 40)),
        ["no sections"] = ("section table", library => library.Put16(60, 0)),
        ["too many sections"] = ("section table", library => library.Put16(60, ushort.MaxValue)),
        ["two sections of requirements"] = ("more than one", library => library.Put32(library.SectionTable + 4, 0x6ffffffe)),
        ["string table out of range"] = ("does not exist", library => library.Put32(library.RequirementsHeader + 40, uint.MaxValue)),
        ["string table of another type"] = ("that is none", library => library.Put32(library.RequirementsHeader + 40, 0)),
        ["requirements start outside"] = ("outside the file", library => library.Put64(library.RequirementsHeader + 24, ulong.MaxValue)),
        ["requirements' end overflows"] = ("outside the file", library => library.Put64(library.RequirementsHeader + 32, ulong.MaxValue)),
        ["requirements end outside"] = ("outside the file", library => library.Put64(library.RequirementsHeader + 32, (ulong)library.Image.Length)),
        ["strings end outside"] = ("outside the file", library => library.Put64(library.StringsHeader + 32, long.MaxValue)),
        ["strings cut off"] = ("outside the string table", library => library.Put64(library.StringsHeader + 32, 20)),
        ["no libraries"] = ("not laid out", library => library.Put32(library.RequirementsHeader + 44, 0)),
        ["one library too many"] = ("end too early", library => library.Put32(library.RequirementsHeader + 44, 3)),
        ["chain of libraries broken"] = ("end too early", library => library.Put32(library.RequirementsStart + 12, 0)),
        ["chain of libraries leaves the section"] = ("not laid out", library => library.Put32(library.RequirementsStart + 12, uint.MaxValue)),
        ["chain of versions leaves the section"] = ("not laid out", library => library.Put32(library.RequirementsStart + 8, uint.MaxValue)),
        ["record across the section's end"] = ("not laid out", library => library.Put32(library.RequirementsStart + 8, (uint)library.RequirementsLength - 8)),
        ["chain of versions broken"] = ("end too early", library => library.Put16(library.RequirementsStart + 2, ushort.MaxValue)),
        ["section cut off"] = ("not laid out", library => library.Put64(library.RequirementsHeader + 32, 16)),
        ["records of another version"] = ("not laid out", library => library.Put16(library.RequirementsStart, 2)),
        ["name outside"] = ("outside the string table", library => library.Put32(library.RequirementsStart + 24, uint.MaxValue)),
        ["wrong hash"] = ("does not fit its name", library => library.Put32(library.WantedFlags[0] - 4, 1)),
    };

    public static TheoryData<string> Damages => [.. _damages.Keys];

    [Theory]
    [MemberData(nameof(Damages))]
    public void An_unexpected_layout_is_named_and_the_library_left_as_it_is(string damage)
    {
        var library = TwoLibraries();
        var (expected, apply) = _damages[damage];
        apply(library);
        var patched = Patch(library.Image, out var changed, out var problem);

        Assert.Contains(expected, problem, StringComparison.Ordinal);
        Assert.Equal(0, changed);
        Assert.Equal(library.Image, patched);
    }

    [Fact]
    public void A_truncated_library_is_left_as_it_is()
    {
        var image = TwoLibraries().Image;
        for (var length = 0; length < image.Length; length++)
        {
            AssertUntouched(image[..length]);
        }
    }

    [Fact]
    public void A_damaged_library_never_changes_beyond_flags_of_the_wanted_version()
    {
        var library = TwoLibraries();
        var position = Gen.Frequency(
            (2, Gen.Int[0, library.Image.Length - 1]),
            (1, Gen.Int[0, 63]),
            (2, Gen.Int[library.RequirementsStart, library.RequirementsStart + library.RequirementsLength - 1]),
            (3, Gen.Int[library.SectionTable, library.Image.Length - 1]));
        var value = Gen.Frequency((1, Gen.Byte), (1, Gen.OneOf<byte>(0, 1, 2, 0x7f, 0x80, 0xff)));

        Gen.Select(position, value).Array[1, 8].Sample(
            edits =>
            {
                var damaged = library.Image.ToArray();
                foreach (var (at, with) in edits)
                {
                    damaged[at] = with;
                }

                AssertOnlyFlagsChange(damaged);
            },
            iter: 20_000);
    }

    [Fact]
    public void The_genuine_library_changes_in_one_bit()
    {
        var genuine = GenuineLibrary();
        var patched = Patch(genuine, out var changed, out var problem);

        Assert.Empty(problem);
        Assert.Equal(1, changed);
        var position = Assert.Single(Differences(genuine, patched));
        Assert.Equal(Weak, genuine[position] ^ patched[position]);
        Assert.Equal(ElfLibrary.WantedHash, BinaryPrimitives.ReadUInt32LittleEndian(genuine.AsSpan(position - 4)));

        Patch(patched, out changed, out problem);
        Assert.Empty(problem);
        Assert.Equal(0, changed);
    }

    [Fact]
    public void The_genuine_library_truncated_is_left_as_it_is()
    {
        var genuine = GenuineLibrary();

        // Densely where the headers are, at the front and at the end; sparsely in between, to save time.
        var lengths = Enumerable.Range(0, 128).Select(i => i * 64)
            .Concat(Enumerable.Range(1, 128).Select(i => genuine.Length - (i * 64)))
            .Concat(Enumerable.Range(0, 128).Select(i => i * (genuine.Length / 128)));
        foreach (var length in lengths)
        {
            AssertUntouched(genuine[..length]);
        }
    }

    [Fact]
    public void The_output_of_this_project_holds_the_patched_library()
    {
        var genuine = GenuineLibrary();
        var used = File.ReadAllBytes(OutputLibrary());

        Assert.Equal(Patch(genuine, out _, out _), used);
        Assert.NotEqual(genuine, used);
    }

    [Fact]
    public void TorchSharp_loads_and_computes()
    {
        using var ones = torch.ones(2);
        using var sum = ones.sum();

        Assert.Equal(2f, sum.item<float>());
    }

    private static ElfLibrary TwoLibraries() => ElfLibrary.Create(
        ("libc.so.6", ["GLIBC_2.2.5", "GLIBC_2.34"]),
        ("libstdc++.so.6", ["GLIBCXX_3.4.30", ElfLibrary.Wanted, "CXXABI_1.3.9"]));

    private static byte[] GenuineLibrary()
    {
        var package = typeof(NativeLibraryPatchTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(attribute => attribute.Key == "TorchSharpPackage").Value!;
        return File.ReadAllBytes(Path.Combine(package, "runtimes", "linux-x64", "native", "libLibTorchSharp.so"));
    }

    private static string OutputLibrary()
    {
        var portable = Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native", "libLibTorchSharp.so");
        return File.Exists(portable) ? portable : Path.Combine(AppContext.BaseDirectory, "libLibTorchSharp.so");
    }

    private static byte[] Patch(byte[] image, out int changed, out string problem)
    {
        var copy = image.ToArray();
        changed = ElfVersionRequirement.MakeWeak(copy, ElfLibrary.Wanted, out problem);
        return copy;
    }

    private static int[] Differences(byte[] left, byte[] right)
    {
        Assert.Equal(left.Length, right.Length);
        return [.. Enumerable.Range(0, left.Length).Where(i => left[i] != right[i])];
    }

    private static void AssertUntouched(byte[] image)
    {
        var patched = Patch(image, out var changed, out var problem);
        Assert.NotEmpty(problem);
        Assert.Equal(0, changed);
        Assert.True(image.AsSpan().SequenceEqual(patched));
    }

    private static void AssertOnlyFlagsChange(byte[] image)
    {
        var patched = Patch(image, out var changed, out var problem);
        var differences = Differences(image, patched);
        Assert.Equal(changed, differences.Length);
        Assert.True(problem.Length == 0 || changed == 0, "A library with a problem was changed.");
        foreach (var position in differences)
        {
            Assert.Equal(image[position] | Weak, patched[position]);
            Assert.Equal(ElfLibrary.WantedHash, BinaryPrimitives.ReadUInt32LittleEndian(image.AsSpan(position - 4)));
        }
    }
}
