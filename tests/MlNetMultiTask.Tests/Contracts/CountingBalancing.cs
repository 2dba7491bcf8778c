namespace MlNetMultiTask.Tests.Contracts;

/// <summary>A method of a user's own that needs everything, and remembers how many steps it has seen.</summary>
internal sealed class CountingBalancing(BalancingNeeds needs) : TaskBalancing
{
    public override string Name => "Counting";

    public override BalancingNeeds Needs => needs;

    public override TaskWeighting Start(IReadOnlyList<string> tasks) => new Weighting(needs, tasks.Count);

    private sealed class Weighting(BalancingNeeds needs, int taskCount) : TaskWeighting
    {
        private double _steps;
        private double _observed;

        public override double[] GetWeights(BalancingStep inputs)
        {
            int count = inputs.Tasks.Count;
            Assert.InRange(count, 1, taskCount);
            Assert.Equal(count, inputs.Losses.Count);
            Assert.Equal(needs.HasFlag(BalancingNeeds.Norms) ? count : null, inputs.Norms?.Count);
            Assert.Equal(needs.HasFlag(BalancingNeeds.Gramian) ? count * count : null, inputs.Gramian?.Length);
            Assert.Equal(needs.HasFlag(BalancingNeeds.LossesAfterUpdate) ? _steps : 0, _observed);
            Assert.True(inputs.Epoch >= 1);
            Assert.True(inputs.LearningRate > 0);
            _steps++;
            return [.. inputs.Tasks.Select(task => 1 / (1 + (task * _steps)) * (0.5 + inputs.NextRandom()))];
        }

        public override void Observe(BalancingStep inputs, IReadOnlyList<double> lossesAfterUpdate)
        {
            Assert.Equal(inputs.Tasks.Count, lossesAfterUpdate.Count);
            _observed++;
        }

        public override double[] ExportState() => [_steps, _observed];

        public override void ImportState(double[] state) => (_steps, _observed) = (state[0], state[1]);
    }
}
