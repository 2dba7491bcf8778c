namespace MlNetMultiTask.Tests.Contracts;

/// <summary>All balancing methods, as their defaults have them.</summary>
internal static class BalancingMethods
{
    private static readonly Dictionary<string, Func<TaskBalancing>> _onLosses = new()
    {
        ["Sum"] = () => TaskBalancing.Sum(),
        ["Fixed"] = () => TaskBalancing.Fixed(),
        ["Uncertainty"] = () => TaskBalancing.Uncertainty(),
        ["DynamicWeightAverage"] = () => TaskBalancing.DynamicWeightAverage(),
        ["GeometricMean"] = () => TaskBalancing.GeometricMean(),
        ["Random"] = () => TaskBalancing.Random(),
        ["ImtlL"] = () => TaskBalancing.ImtlL(),
        ["STCH"] = () => TaskBalancing.STCH(),
        ["FAMO"] = () => TaskBalancing.FAMO(),
        ["GradNorm"] = () => TaskBalancing.GradNorm(),
    };

    private static readonly Dictionary<string, Func<TaskBalancing>> _onGradients = new()
    {
        ["MGDA"] = () => TaskBalancing.MGDA(),
        ["PCGrad"] = () => TaskBalancing.PCGrad(),
        ["GradVac"] = () => TaskBalancing.GradVac(),
        ["CAGrad"] = () => TaskBalancing.CAGrad(),
        ["ImtlG"] = () => TaskBalancing.ImtlG(),
        ["NashMTL"] = () => TaskBalancing.NashMTL(),
        ["FairGrad"] = () => TaskBalancing.FairGrad(),
        ["AlignedMTL"] = () => TaskBalancing.AlignedMTL(),
        ["UPGrad"] = () => TaskBalancing.UPGrad(),
        ["DualProj"] = () => TaskBalancing.DualProj(),
    };

    public static IReadOnlyCollection<string> OnGradients => _onGradients.Keys;

    public static IReadOnlyCollection<string> All { get; } = [.. _onLosses.Keys, .. _onGradients.Keys];

    /// <summary>Those that a network without shared parameters can't have.</summary>
    public static IReadOnlyCollection<string> OfSharedParameters { get; } = ["GradNorm", .. _onGradients.Keys];

    /// <summary>Those that draw random numbers.</summary>
    public static IReadOnlyCollection<string> Drawing { get; } = ["Random", "PCGrad", "GradVac"];

    /// <summary>Those that remember.</summary>
    public static IReadOnlyCollection<string> Stateful { get; } = ["Uncertainty", "DynamicWeightAverage", "ImtlL", "FAMO", "GradNorm", "GradVac"];

    public static TaskBalancing Create(string name) => (_onLosses.GetValueOrDefault(name) ?? _onGradients[name])();
}
