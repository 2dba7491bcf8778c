namespace MlNetMultiTask.Evaluation;

/// <summary>A partition that is changed step by step, each step for the best.</summary>
internal sealed class MovingPartition
{
    private readonly GroupEffects _affinity;
    private readonly int[] _groups;
    private readonly int[] _sizes;
    private readonly double[] _sums;

    /// <summary>Per task and group, what the task and the others of the group do for one another.</summary>
    private readonly double[,] _links;

    /// <param name="affinity">The affinities.</param>
    /// <param name="groups">The group of each task: from 0, and none is empty.</param>
    public MovingPartition(GroupEffects affinity, IReadOnlyList<int> groups)
    {
        _affinity = affinity;
        _groups = [.. groups];
        Count = groups.Max() + 1;
        _sizes = new int[Count];
        _sums = new double[Count];
        _links = new double[affinity.Count, Count];
        for (int task = 0; task < affinity.Count; task++)
        {
            _sizes[groups[task]]++;
            for (int other = 0; other < affinity.Count; other++)
            {
                _links[task, groups[other]] += affinity.GetPair(task, other);
            }

            _sums[groups[task]] += _links[task, groups[task]] / 2;
        }
    }

    /// <summary>The number of groups.</summary>
    public int Count { get; }

    public double Total => Enumerable.Range(0, Count).Sum(GetEffect);

    /// <summary>The group of each task; groups are numbered by their first tasks.</summary>
    public int[] ToGroups()
    {
        var numbers = new Dictionary<int, int>();
        return [.. _groups.Select(group => numbers.TryGetValue(group, out int number) ? number : numbers[group] = numbers.Count)];
    }

    /// <summary>Moves single tasks, and swaps two, the best first, until no step is for the better.</summary>
    public MovingPartition Improve()
    {
        while (FindStep() is { } step)
        {
            int from = _groups[step.Task];
            if (step.Other is { } other)
            {
                int to = _groups[other];
                Move(step.Task, to);
                Move(other, from);
            }
            else
            {
                Move(step.Task, step.To);
            }
        }

        return this;
    }

    /// <summary>The same with the two groups together that gain most by it, or lose least.</summary>
    public MovingPartition Merge()
    {
        (int First, int Second) best = (0, 1);
        double most = double.NegativeInfinity;
        for (int first = 0; first < Count; first++)
        {
            for (int second = first + 1; second < Count; second++)
            {
                double between = 0;
                for (int task = 0; task < _groups.Length; task++)
                {
                    between += _groups[task] == first ? _links[task, second] : 0;
                }

                double gain = GroupEffects.GetEffect(_sums[first] + _sums[second] + between, _sizes[first] + _sizes[second]) - GetEffect(first) - GetEffect(second);
                if (gain > most + _affinity.Rounding)
                {
                    (best, most) = ((first, second), gain);
                }
            }
        }

        return new MovingPartition(_affinity, [.. _groups.Select(group => group == best.Second ? best.First : group > best.Second ? group - 1 : group)]);
    }

    /// <summary>The same with that task in a group of its own by which most is gained, or least lost.</summary>
    public MovingPartition Split()
    {
        int best = -1;
        double most = double.NegativeInfinity;
        for (int task = 0; task < _groups.Length; task++)
        {
            int group = _groups[task];
            double gain = GroupEffects.GetEffect(_sums[group] - _links[task, group], _sizes[group] - 1) - GetEffect(group);
            if (_sizes[group] > 1 && gain > most + _affinity.Rounding)
            {
                (best, most) = (task, gain);
            }
        }

        return new MovingPartition(_affinity, [.. _groups.Select((group, task) => task == best ? Count : group)]);
    }

    /// <summary>The step by which most is gained; null where nothing is.</summary>
    private (int Task, int To, int? Other)? FindStep()
    {
        (int Task, int To, int? Other)? best = null;
        double most = _affinity.Rounding;
        for (int task = 0; task < _groups.Length; task++)
        {
            int from = _groups[task];
            for (int to = 0; to < Count && _sizes[from] > 1; to++)
            {
                if (to != from && GetGain(task, to) is double gain && gain > most)
                {
                    (best, most) = ((task, to, null), gain + _affinity.Rounding);
                }
            }

            for (int other = task + 1; other < _groups.Length; other++)
            {
                if (_groups[other] != from && GetSwapGain(task, other) is double gain && gain > most)
                {
                    (best, most) = ((task, 0, other), gain + _affinity.Rounding);
                }
            }
        }

        return best;
    }

    private double GetGain(int task, int to)
    {
        int from = _groups[task];
        return GroupEffects.GetEffect(_sums[from] - _links[task, from], _sizes[from] - 1) + GroupEffects.GetEffect(_sums[to] + _links[task, to], _sizes[to] + 1) - GetEffect(from) - GetEffect(to);
    }

    private double GetSwapGain(int task, int other)
    {
        (int from, int to) = (_groups[task], _groups[other]);
        double pair = _affinity.GetPair(task, other);
        double ours = _sums[from] - _links[task, from] + _links[other, from] - pair;
        double theirs = _sums[to] - _links[other, to] + _links[task, to] - pair;
        return GroupEffects.GetEffect(ours, _sizes[from]) + GroupEffects.GetEffect(theirs, _sizes[to]) - GetEffect(from) - GetEffect(to);
    }

    private void Move(int task, int to)
    {
        int from = _groups[task];
        _sums[from] -= _links[task, from];
        _sums[to] += _links[task, to];
        _sizes[from]--;
        _sizes[to]++;
        _groups[task] = to;
        for (int other = 0; other < _groups.Length; other++)
        {
            double pair = _affinity.GetPair(task, other);
            _links[other, from] -= pair;
            _links[other, to] += pair;
        }
    }

    private double GetEffect(int group) => GroupEffects.GetEffect(_sums[group], _sizes[group]);
}
