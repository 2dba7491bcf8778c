using TorchSharp;
using TorchSharp.Modules;

namespace MlNetMultiTask.Tests.Networks;

/// <summary>A user's trunk of modules of torch.</summary>
internal static class NormalizedTrunk
{
    public const string RegisteredName = "normalized";

    public static void Register() => MultiTaskNetworks.RegisterTrunk(RegisteredName, Create);

    private static Sequential Create(CustomTrunkRequest request)
    {
        var modules = new List<(string, torch.nn.Module<torch.Tensor, torch.Tensor>)>
        {
            ("dense", torch.nn.Linear(request.FeatureCount, request.OutputWidth)),
            ("normalization", torch.nn.BatchNorm1d(request.OutputWidth)),
            ("activation", torch.nn.GELU()),
        };
        return torch.nn.Sequential(modules);
    }
}
