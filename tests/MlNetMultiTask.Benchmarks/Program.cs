using System.Globalization;
using BenchmarkDotNet.Running;
using MlNetMultiTask;
using MlNetMultiTask.Benchmarks;
using TorchSharp;

// What there is to run, and what it gave last: docs/benchmarks.md
torch.set_num_threads(1);
int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
float Real(string text) => float.Parse(text, CultureInfo.InvariantCulture);
switch (args)
{
    case ["ratios", .. string[] rest] when rest is not [_, string unknown, ..] || Ratios.HasPart(unknown):
        Ratios.Print(rest is [string pairs, ..] ? Number(pairs) : 15, rest is [_, string only] ? only : "");
        return 0;
    case ["memory"]:
        MemoryUse.Print();
        return 0;
    case ["memory", string name]:
        MemoryUse.Run(name);
        return 0;
    case ["micro", .. string[] rest]:
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(rest);
        return 0;
    case ["compare", string path, .. string[] rest] when AmesData.FindProblem(path) is null:
        AmesComparison.Print(path, rest is [string repeats, ..] ? Number(repeats) : 5, rest is [_, string compareEpochs] ? Number(compareEpochs) : 40);
        return 0;
    case ["verdicts", .. string[] rest]:
        TransferVerdicts.Print(rest is [string verdictRuns, ..] ? Number(verdictRuns) : 200, rest is [_, string family] ? family : "");
        return 0;
    case ["fashion", string folder, .. string[] rest] when FashionMnistData.FindProblem(folder) is null:
        FashionMnist.Print(folder, rest is [string first, ..] ? Number(first) : 0, rest is [_, string seeds, ..] ? Number(seeds) : 3, rest is [_, _, string python] ? python : null);
        return 0;
    case ["schedules", string folder, .. string[] rest] when FashionMnistData.FindProblem(folder) is null:
        FashionMnistSchedules.Print(folder, rest is [string seedCount, ..] ? Number(seedCount) : 5);
        return 0;
    case ["ensembles", string folder, .. string[] rest] when FashionMnistData.FindProblem(folder) is null:
        FashionMnistEnsembles.Print(folder, rest is [string ensembleCount, ..] ? Number(ensembleCount) : 5);
        return 0;
    case ["joint", string folder, .. string[] rest] when FashionMnistData.FindProblem(folder) is null:
        FashionMnistJoint.Print(folder, rest is [string jointCount, ..] ? Number(jointCount) : 5);
        return 0;
    case ["mutual", string folder, .. string[] rest] when FashionMnistData.FindProblem(folder) is null:
        FashionMnistMutual.Print(folder, rest is [string mutualCount, ..] ? Number(mutualCount) : 5, rest is [_, string mutualEpochs] ? Number(mutualEpochs) : 10);
        return 0;
    case ["ways", string folder, .. string[] rest] when FashionMnistData.FindProblem(folder) is null:
        FashionMnistWays.Print(folder, rest is [string wayCount, ..] ? Number(wayCount) : 5, rest is [_, string wayEpochs] ? Number(wayEpochs) : 10);
        return 0;
    case ["balancing", string folder, .. string[] rest] when FashionMnistData.FindProblem(folder) is null:
        FashionMnistBalancing.Print(
            folder,
            rest is [string balancingCount, ..] ? Number(balancingCount) : 5,
            rest is [_, string balancingEpochs, ..] ? Number(balancingEpochs) : 5,
            rest is [_, _, string balancingRate, ..] ? Real(balancingRate) : 1e-3f,
            rest is [_, _, _, string gradients, ..] ? Enum.Parse<BalancedGradients>(gradients) : BalancedGradients.Automatic,
            rest is [_, _, _, _, .. string[] methods] ? methods : []);
        return 0;
    case ["convolution", string folder, .. string[] rest] when FashionMnistData.FindProblem(folder) is null:
        FashionMnistConvolution.Print(
            folder,
            rest is [string convolutionFirst, ..] ? Number(convolutionFirst) : 0,
            rest is [_, string convolutionCount, ..] ? Number(convolutionCount) : 3,
            rest is [_, _, string convolutionEpochs, ..] ? Number(convolutionEpochs) : 5,
            rest is [_, _, _, string convolutionBatch, ..] ? Number(convolutionBatch) : 128,
            rest is [_, _, _, _, string convolutionRate] ? Real(convolutionRate) : 3e-3f);
        return 0;
    case ["lending", string path, .. string[] rest] when LendingClubData.FindProblem(path) is null:
        LendingWays.Print(path, rest is [string lendingCount, ..] ? Number(lendingCount) : 5, rest is [_, string lendingEpochs] ? Number(lendingEpochs) : 20);
        return 0;
    case ["ames", string path, .. string[] rest] when AmesData.FindProblem(path) is null:
        AmesBalancing.Print(path, rest is [string amesCount, ..] ? Number(amesCount) : 5, rest is [_, string amesEpochs, ..] ? Number(amesEpochs) : 30, rest is [_, _, .. string[] amesMethods] ? amesMethods : []);
        return 0;
    case ["distillation", string folder, .. string[] rest] when FashionMnistData.FindProblem(folder) is null:
        FashionMnistDistillation.Print(
            folder,
            rest is [string distillationCount, ..] ? Number(distillationCount) : 5,
            rest is [_, string epochs, ..] ? Number(epochs) : 5,
            rest is [_, _, string temperature, ..] ? Real(temperature) : 3f,
            rest is [_, _, _, string hardLabelWeight] ? Real(hardLabelWeight) : 0.3f);
        return 0;
    case ["ames", string path, ..]:
        Console.Error.WriteLine(AmesData.FindProblem(path));
        return 1;
    case ["lending", string path, ..]:
        Console.Error.WriteLine(LendingClubData.FindProblem(path));
        return 1;
    case ["fashion" or "schedules" or "ensembles" or "joint" or "mutual" or "ways" or "balancing" or "convolution" or "distillation", string folder, ..]:
        Console.Error.WriteLine(FashionMnistData.FindProblem(folder));
        return 1;
    default:
        Console.Error.WriteLine($"""
            usage: ratios [pairs] [{Ratios.Parts}]
                   memory
                   micro [BenchmarkDotNet's arguments]
                   fashion folder [first seed] [seeds] [python with PyTorch]
                   schedules folder [seeds]
                   ensembles folder [seeds]
                   joint folder [seeds]
                   mutual folder [seeds] [epochs]
                   ways folder [seeds] [epochs]
                   balancing folder [seeds] [epochs] [rate] [OfParameters | OfRepresentation] [methods ...]
                   convolution folder [first seed] [seeds] [epochs] [batch] [rate]
                   lending lending_club.csv [seeds] [epochs]
                   ames ames.csv [seeds] [epochs] [methods ...]
                   distillation folder [seeds] [epochs] [temperature] [weight of labels]
            """);
        return 2;
}
