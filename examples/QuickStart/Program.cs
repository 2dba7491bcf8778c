using Spectre.Console;
using TorchSharp;

using var ones = torch.ones(2);
using var sum = ones.sum();
AnsiConsole.MarkupLineInterpolated($"libtorch [green]{torch.__version__}[/] loaded: 1 + 1 = {sum.item<float>()}");
