using System.Globalization;
using MlNetMultiTask.Networks;

namespace MlNetMultiTask;

/// <summary>The options of <see cref="MultiGateMixtureOfExpertsTrainer"/>.</summary>
public sealed class MultiGateMixtureOfExpertsOptions : MultiTaskTrainerOptions
{
    private const double UsualLoadBalancingWeight = 0.01;

    private static readonly IReadOnlyList<int> _defaultLayers = [64, 32];

    /// <summary>The number of experts; from 1 to 1,000.</summary>
    /// <value>The default is 4.</value>
    public int NumberOfExperts { get; init; } = 4;

    /// <summary>The widths of the layers of each expert, from the features upwards.</summary>
    /// <value>The default is 64, 32.</value>
    public IReadOnlyList<int> ExpertLayers { get; init; } = _defaultLayers;

    /// <summary>What each expert is made of, instead of <see cref="ExpertLayers"/>: residual blocks, convolutions, or a module of your own. Gates read the features in any case.</summary>
    /// <value>The default is null: dense layers of the widths <see cref="ExpertLayers"/>.</value>
    public Trunk? Trunk { get; init; }

    /// <summary>The widths of the hidden layers of each task's head, between the mixture of the experts and its output. Empty: a linear head.</summary>
    /// <value>The default is 32.</value>
    public IReadOnlyList<int> HeadLayers { get; init; } = [32];

    /// <summary>Whether one gate mixes for all tasks, instead of one for each (the one-gate mixture of experts of the paper).</summary>
    /// <value>The default is false.</value>
    public bool OneGate { get; init; }

    /// <summary>
    /// To how many experts a gate gives each row: those with the largest values of it, with the softmax of these alone as weights (Shazeer et al. 2017); from 1 to <see cref="NumberOfExperts"/>.
    /// It makes experts differ; all of them are computed all the same.
    /// </summary>
    /// <value>The default is null: all experts get all rows.</value>
    public int? NumberOfSelectedExperts { get; init; }

    /// <summary>
    /// With <see cref="NumberOfSelectedExperts"/>: what an uneven use of the experts weighs beside the losses, E Σₑ fₑ pₑ with the share f of rows that are given to an expert and its mean probability p
    /// (Fedus, Zoph, Shazeer 2021); 0 or more. It is measured over all tasks' gates together, so that tasks may differ in their experts.
    /// </summary>
    /// <value>The default is null: 0.01 with <see cref="NumberOfSelectedExperts"/>.</value>
    public double? LoadBalancingWeight { get; init; }

    /// <summary>What uneven use weighs.</summary>
    internal double EffectiveLoadBalancingWeight => NumberOfSelectedExperts is null ? 0 : LoadBalancingWeight ?? UsualLoadBalancingWeight;

    internal override void Validate()
    {
        base.Validate();
        Require(
            NumberOfExperts is >= 1 and <= MixtureOfExpertsNetwork.MaximumNumberOfExperts,
            nameof(NumberOfExperts),
            string.Create(CultureInfo.InvariantCulture, $"is {NumberOfExperts}; it must be from 1 to {MixtureOfExpertsNetwork.MaximumNumberOfExperts}"));
        RequireTrunk(Trunk, ExpertLayers, _defaultLayers, nameof(ExpertLayers));
        RequireLayers(HeadLayers, nameof(HeadLayers));
        Require(
            NumberOfSelectedExperts is null || (NumberOfSelectedExperts >= 1 && NumberOfSelectedExperts <= NumberOfExperts),
            nameof(NumberOfSelectedExperts),
            string.Create(CultureInfo.InvariantCulture, $"is {NumberOfSelectedExperts}; it must be from 1 to the number of experts, {NumberOfExperts}, or null"));
        Require(
            LoadBalancingWeight is null || (double.IsFinite(LoadBalancingWeight.Value) && LoadBalancingWeight >= 0),
            nameof(LoadBalancingWeight),
            string.Create(CultureInfo.InvariantCulture, $"is {LoadBalancingWeight}; it must be 0 or more, or null"));
        Require(LoadBalancingWeight is null || NumberOfSelectedExperts is not null, nameof(LoadBalancingWeight), "has no effect without NumberOfSelectedExperts: gates that give all rows to all experts use them alike");
    }
}
