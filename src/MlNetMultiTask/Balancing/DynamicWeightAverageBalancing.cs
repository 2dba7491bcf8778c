namespace MlNetMultiTask.Balancing;

/// <summary>
/// Dynamic weight average: wᵢ = T softmax(rᵢ / temperature), with rᵢ = Lᵢ(e − 1) / Lᵢ(e − 2) of the mean losses of the two epochs before, and 1 in the first two (Liu, Johns, Davison 2019, "End-to-End
/// Multi-Task Learning with Attention"). An epoch in which a task has no label is left out of its row of epochs.
/// </summary>
internal sealed class DynamicWeightAverageBalancing(double temperature) : TaskBalancing
{
    private readonly double _temperature = Require(temperature, temperature > 0, nameof(temperature), "above 0");

    public override string Name => "DynamicWeightAverage";

    public override BalancingNeeds Needs => BalancingNeeds.Losses;

    public override TaskWeighting Start(IReadOnlyList<string> tasks) => new Weighting(tasks.Count, _temperature);

    public override string ToString() => Describe("temperature", _temperature);

    private sealed class Weighting : TaskWeighting
    {
        private readonly int _count;
        private readonly double _temperature;
        private readonly double[] _sums;
        private readonly double[] _steps;
        private readonly double[] _last;
        private readonly double[] _before;
        private double[] _weights;
        private int _epoch;

        public Weighting(int count, double temperature)
        {
            _count = count;
            _temperature = temperature;
            (_sums, _steps, _last, _before) = (new double[count], new double[count], new double[count], new double[count]);
            Array.Fill(_last, double.NaN);
            Array.Fill(_before, double.NaN);
            _weights = [.. Enumerable.Repeat(1.0, count)];
        }

        public override double[] GetWeights(BalancingStep inputs)
        {
            if (inputs.Epoch != _epoch)
            {
                EndEpoch();
                _epoch = inputs.Epoch;
            }

            for (int i = 0; i < inputs.Tasks.Count; i++)
            {
                _sums[inputs.Tasks[i]] += inputs.Losses[i];
                _steps[inputs.Tasks[i]]++;
            }

            return [.. inputs.Tasks.Select(task => _weights[task])];
        }

        public override double[] ExportState() => [_epoch, .. _sums, .. _steps, .. _last, .. _before];

        public override void ImportState(double[] state)
        {
            RequireLength(state, 1 + (4 * _count));
            _epoch = (int)state[0];
            foreach ((int i, double[] part) in new[] { _sums, _steps, _last, _before }.Index())
            {
                state.AsSpan(1 + (i * _count), _count).CopyTo(part);
            }

            ComputeWeights();
        }

        private void EndEpoch()
        {
            for (int task = 0; task < _count; task++)
            {
                if (_steps[task] > 0)
                {
                    _before[task] = _last[task];
                    _last[task] = _sums[task] / _steps[task];
                    _sums[task] = _steps[task] = 0;
                }
            }

            ComputeWeights();
        }

        private void ComputeWeights() => _weights = [.. Softmax.Of(Enumerable.Range(0, _count).Select(GetRate), _temperature).Select(share => _count * share)];

        private double GetRate(int task) => double.IsNaN(_before[task]) ? 1 : SmallestLoss.Floor(_last[task]) / SmallestLoss.Floor(_before[task]);
    }
}
