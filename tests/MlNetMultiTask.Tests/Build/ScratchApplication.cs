using MlNetMultiTask.Tests.Documentation;

namespace MlNetMultiTask.Tests.Build;

/// <summary>A console application outside the repository that uses the package and LibTorch, and nothing else of ours.</summary>
internal sealed class ScratchApplication : IDisposable
{
    /// <summary>What the program prints.</summary>
    public const string Expected = "sum 11, big True\n";

    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(5);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("MlNetMultiTask.Tests-");

    public ScratchApplication(PackedLibrary library)
    {
        Write("nuget.config", $"""
            <configuration>
              <packageSources>
                <add key="scratch" value="{library.Source}" />
              </packageSources>
            </configuration>
            """);
        Write("Scratch.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="MlNetMultiTask" Version="{library.Version}" />
                <PackageReference Include="TorchSharp-cpu" Version="{PackedLibrary.VersionOf("TorchSharp-cpu")}" />
              </ItemGroup>
            </Project>
            """);
        Write("Program.cs", """
            using Microsoft.ML;
            using Microsoft.ML.Data;
            using MlNetMultiTask;

            var ml = new MLContext(seed: 1);
            var rows = ml.Data.LoadFromEnumerable(Enumerable.Range(0, 100).Select(i => new Row { Features = [i % 10, i % 7], Sum = (i % 10) + (i % 7), Big = i % 10 > 4 }));
            var pipeline = ml.Transforms.NormalizeMeanVariance("Features", fixZero: false)
                .Append(ml.MultiTask.Trainers.HardParameterSharing([PredictionTask.Regression("Sum"), PredictionTask.BinaryClassification("Big")], maximumNumberOfEpochs: 100));
            string path = Path.GetTempFileName();
            using (var model = pipeline.Fit(rows))
            {
                ml.Model.Save(model, rows.Schema, path);
            }

            var other = new MLContext();
            using var engine = other.Model.CreatePredictionEngine<Row, Prediction>(other.Model.Load(path, out _));
            var prediction = engine.Predict(new Row { Features = [8, 3] });
            Console.WriteLine(FormattableString.Invariant($"sum {prediction.Sum:0}, big {prediction.Big}"));
            File.Delete(path);

            class Row
            {
                [VectorType(2)] public float[] Features { get; set; } = [];
                public float Sum { get; set; }
                public bool Big { get; set; }
            }

            class Prediction
            {
                [ColumnName("Sum.Score")] public float Sum { get; set; }
                [ColumnName("Big.PredictedLabel")] public bool Big { get; set; }
            }
            """);
    }

    /// <summary>A file or folder of the application.</summary>
    public string this[string name] => Path.Combine(_folder.FullName, name);

    public void Dispose() => _folder.Delete(recursive: true);

    public Task<ProgramRun> DotnetAsync(params string[] arguments) => ProgramRun.DotnetAsync(_folder.FullName, _limit, arguments);

    public Task<ProgramRun> StartAsync(string program) => ProgramRun.StartAsync(program, _folder.FullName, _limit);

    private void Write(string name, string text) => File.WriteAllText(this[name], text);
}
