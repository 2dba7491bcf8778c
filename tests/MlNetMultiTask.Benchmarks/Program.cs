using BenchmarkDotNet.Running;
using MlNetMultiTask.Benchmarks;
using TorchSharp;

// dotnet run -c Release --project tests/MlNetMultiTask.Benchmarks -- ratios [pairs]
// dotnet run -c Release --project tests/MlNetMultiTask.Benchmarks -- micro
torch.set_num_threads(1);
switch (args)
{
    case ["ratios", .. string[] rest]:
        Ratios.Print(rest is [string pairs] ? int.Parse(pairs, System.Globalization.CultureInfo.InvariantCulture) : 15);
        return 0;
    case ["micro", .. string[] rest]:
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(rest);
        return 0;
    default:
        Console.Error.WriteLine("usage: ratios [pairs] | micro [BenchmarkDotNet's arguments]");
        return 2;
}
