using System.Xml.Linq;

namespace MlNetMultiTask.Tests.Architecture;

/// <summary>What a clone must keep to, so that it builds anywhere and its public surface changes knowingly.</summary>
public sealed class RepositoryTests
{
    [Fact]
    public void Package_versions_stand_in_one_place()
    {
        IEnumerable<string> projects = Repository.Files("", "*.csproj").Concat(Repository.Files("", "*.targets")).Concat(Repository.Files("", "*.props"));
        string[] central = [.. Load("Directory.Packages.props").Descendants("PackageVersion").Select(element => element.Attribute("Include")!.Value)];

        foreach (string project in projects)
        {
            foreach (XElement reference in Load(project).Descendants("PackageReference"))
            {
                Assert.True(reference.Attribute("Version") is null && reference.Attribute("VersionOverride") is null && reference.Element("Version") is null, $"{project}: {reference}");
                Assert.Contains(reference.Attribute("Include")!.Value, central);
            }

            Assert.True(project == "Directory.Packages.props" || !Load(project).Descendants("PackageVersion").Any(), project);
        }

        Assert.Equal(central.Distinct(StringComparer.OrdinalIgnoreCase), central);
    }

    [Fact]
    public void Restore_names_no_source()
    {
        XDocument settings = Load("nuget.config");

        Assert.Empty(settings.Descendants("packageSources"));
        Assert.DoesNotContain("://", settings.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(
            Repository.Files("", "*.*proj").Concat(Repository.Files("", "*.props")),
            path => Load(path).Descendants().Any(element => element.Name.LocalName is "RestoreSources" or "RestoreAdditionalProjectSources"));
    }

    [Fact]
    public void The_public_surface_is_written_down_once()
    {
        string[] lines = [.. new[] { "Shipped", "Unshipped" }.SelectMany(part => File.ReadLines(Repository.PathOf("src", "MlNetMultiTask", $"PublicAPI.{part}.txt")))];
        string[] entries = [.. lines.Where(line => line.Length > 0 && !line.StartsWith('#'))];

        Assert.Equal(2, lines.Count(line => line == "#nullable enable"));
        Assert.NotEmpty(entries);
        Assert.Equal(entries.Distinct(), entries);
    }

    private static XDocument Load(string path) => XDocument.Load(Repository.PathOf(path));
}
