using System.Globalization;
using BenchmarkDotNet.Running;
using MlNetMultiTask.Benchmarks;
using TorchSharp;

// dotnet run -c Release --project tests/MlNetMultiTask.Benchmarks -- ratios [pairs] [epoch | fit | score | predict | read]
// dotnet run -c Release --project tests/MlNetMultiTask.Benchmarks -- micro
// dotnet run -c Release --project tests/MlNetMultiTask.Benchmarks -- fashion /usr/share/datasets/fashion-mnist [first seed] [seeds]
torch.set_num_threads(1);
int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
switch (args)
{
    case ["ratios", .. string[] rest]:
        Ratios.Print(rest is [string pairs, ..] ? Number(pairs) : 15, rest is [_, string only] ? only : "");
        return 0;
    case ["micro", .. string[] rest]:
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(rest);
        return 0;
    case ["fashion", string folder, .. string[] rest]:
        FashionMnist.Print(folder, rest is [string first, ..] ? Number(first) : 0, rest is [_, string seeds] ? Number(seeds) : 3);
        return 0;
    default:
        Console.Error.WriteLine("usage: ratios [pairs] [epoch | fit | score | predict | read] | micro [BenchmarkDotNet's arguments] | fashion folder [first seed] [seeds]");
        return 2;
}
