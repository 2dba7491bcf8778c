using System.IO.Compression;
using System.Reflection.Metadata;
using System.Xml.Linq;
using MlNetMultiTask.Tests.Documentation;

namespace MlNetMultiTask.Tests.Build;

/// <summary>The package holds what it should, and is all that a stranger's application needs beside LibTorch.</summary>
[Trait("Category", "Long")]
public sealed class PackageTests(PackedLibrary library) : IClassFixture<PackedLibrary>
{
    [Fact]
    public void The_package_holds_the_library_its_documentation_and_the_native_fix()
    {
        string[] names = Read(library.Package, archive => archive.Entries.Select(entry => entry.FullName).Order(StringComparer.Ordinal).ToArray());

        Assert.Equal(
            ["LICENSE", "README.md", "buildTransitive/MlNetMultiTask.targets", "buildTransitive/PatchTorchSharpNative.cs", "lib/net10.0/MlNetMultiTask.dll", "lib/net10.0/MlNetMultiTask.xml"],
            names.Where(name => !name.StartsWith("_rels/", StringComparison.Ordinal) && !name.StartsWith("package/", StringComparison.Ordinal) && name is not ("[Content_Types].xml" or "MlNetMultiTask.nuspec")));
        XDocument documentation = Read(library.Package, archive => Load(archive, "lib/net10.0/MlNetMultiTask.xml"));
        Assert.Contains(documentation.Descendants("member"), member => member.Attribute("name")!.Value == "P:MlNetMultiTask.MultiTaskTransformer.Tasks");
    }

    [Fact]
    public void Its_description_names_the_licence_the_readme_and_the_packages_it_stands_on()
    {
        XElement metadata = Read(library.Package, archive => Load(archive, "MlNetMultiTask.nuspec")).Root!.Elements().Single();
        string Value(string name) => metadata.Elements().Single(element => element.Name.LocalName == name).Value;
        Dictionary<string, string> dependencies = metadata.Descendants().Where(element => element.Name.LocalName == "dependency").ToDictionary(element => element.Attribute("id")!.Value, element => element.Attribute("version")!.Value);

        Assert.Equal(("MIT", "README.md", library.Version), (Value("license"), Value("readme"), Value("version")));

        // An ML.NET whose internals nobody has seen must not slip in.
        Assert.Equal("[5.0.1, 6.0.0)", dependencies["Microsoft.ML"]);
        Assert.Equal(PackedLibrary.VersionOf("TorchSharp"), dependencies["TorchSharp"]);

        // The application chooses the processor.
        Assert.DoesNotContain(dependencies.Keys, id => id.StartsWith("TorchSharp-", StringComparison.OrdinalIgnoreCase) || id.StartsWith("libtorch", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void The_symbols_are_portable()
    {
        byte[] file = Read(library.Symbols, archive => ReadBytes(archive, "lib/net10.0/MlNetMultiTask.pdb"));
        using MetadataReaderProvider symbols = MetadataReaderProvider.FromPortablePdbStream(new MemoryStream(file));

        Assert.Contains(symbols.GetMetadataReader().Documents, document => symbols.GetMetadataReader().GetString(symbols.GetMetadataReader().GetDocument(document).Name).EndsWith("MultiTaskTransformer.cs", StringComparison.Ordinal));
    }

    [LinuxX64Fact]
    public async Task An_application_trains_saves_and_loads_run_and_published()
    {
        using var application = new ScratchApplication(library);

        AssertBuilds(await application.DotnetAsync("build"));
        AssertPrints(await application.DotnetAsync("run", "--no-build"));

        await PublishAsync(application, "portable");
        AssertPrints(await application.DotnetAsync("portable/Scratch.dll"));
        Directory.Delete(application["portable"], recursive: true);

        await PublishAsync(application, "linux", "--runtime", "linux-x64", "--self-contained");
        AssertPrints(await application.StartAsync(application["linux/Scratch"]));
    }

    [LinuxX64Theory]
    [InlineData("MNMT0002", "-p:PublishAot=true")]
    [InlineData("MNMT0003", "-p:PublishTrimmed=true")]
    public async Task Publishing_in_a_way_that_does_not_work_is_refused(string code, string option)
    {
        using var application = new ScratchApplication(library);

        ProgramRun run = await application.DotnetAsync("publish", "--runtime", "linux-x64", option);

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains($"error {code}: MlNetMultiTask can't be", run.Output, StringComparison.Ordinal);
    }

    private static async Task PublishAsync(ScratchApplication application, string folder, params string[] options) =>
        AssertBuilds(await application.DotnetAsync(["publish", "--output", application[folder], .. options]));

    private static void AssertBuilds(ProgramRun run)
    {
        Assert.True(run.ExitCode == 0, run.Everything);
        Assert.DoesNotContain("warning NU", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("warning MNMT", run.Output, StringComparison.Ordinal);
    }

    private static void AssertPrints(ProgramRun run)
    {
        Assert.True(run.ExitCode == 0, run.Everything);
        Assert.Equal(ScratchApplication.Expected, run.Output);
    }

    private static T Read<T>(string package, Func<ZipArchive, T> read)
    {
        using ZipArchive archive = ZipFile.OpenRead(package);
        return read(archive);
    }

    private static XDocument Load(ZipArchive archive, string name) => XDocument.Load(new MemoryStream(ReadBytes(archive, name)));

    private static byte[] ReadBytes(ZipArchive archive, string name)
    {
        using Stream content = archive.GetEntry(name)!.Open();
        using var bytes = new MemoryStream();
        content.CopyTo(bytes);
        return bytes.ToArray();
    }
}
