namespace MlNetMultiTask.Evaluation;

/// <summary>Two labels of different tasks, with what is the same in both directions.</summary>
internal sealed class LabelPair
{
    private readonly ComparedLabel _left;
    private readonly ComparedLabel _right;
    private readonly double _overlap;
    private readonly double _information;
    private readonly (double Left, double Right) _entropies;
    private readonly (double Pearson, double Spearman, double Ratio) _correlations;

    public LabelPair(ComparedLabel left, ComparedLabel right)
    {
        (_left, _right) = (left, right);
        Table = ContingencyTable.Count(left.Codes, left.CodeCount, right.Codes, right.CodeCount);
        int either = left.Codes.Index().Count(row => row.Item >= 0 || right.Codes[row.Index] >= 0);
        _overlap = either == 0 ? double.NaN : (double)Table.Total / either;
        _information = Information.GetMutualInformation(Table);
        _entropies = (Information.GetEntropy(Table.RowTotals), Information.GetEntropy(Table.ColumnTotals));
        _correlations = Correlate();
    }

    public ComparedLabel Left => _left;

    public ComparedLabel Right => _right;

    public ContingencyTable Table { get; }

    public ChanceTest Chance { get; set; } = ChanceTest.None;

    public double AdjustedPValue { get; set; } = double.NaN;

    public TaskRelation Relate(bool reversed, TaskAnalysisOptions options)
    {
        (ComparedLabel from, ComparedLabel to) = reversed ? (_right, _left) : (_left, _right);
        ContingencyTable table = reversed ? Table.Transpose() : Table;
        double entropy = reversed ? _entropies.Left : _entropies.Right;
        double function = table.GetFunctionExceptions();
        double injection = table.Transpose().GetFunctionExceptions();
        double surjection = GetSurjectionExceptions(table, to);
        double conditional = Information.GetConditionalEntropy(table);
        bool Holds(double exceptions) => exceptions <= options.MaximumShareOfExceptions;
        bool isFunction = Holds(function);
        return new TaskRelation
        {
            From = from.Name,
            To = to.Name,
            RowCount = table.Total,
            Overlap = _overlap,
            IsFunction = isFunction,
            IsInjective = isFunction && Holds(injection),
            IsSurjective = isFunction && Holds(surjection),
            FunctionExceptions = function,
            InjectionExceptions = injection,
            SurjectionExceptions = surjection,
            MutualInformation = _information,
            NormalizedMutualInformation = Information.Normalize(_information, _entropies.Left, _entropies.Right),
            ChanceInformation = Information.Normalize(Chance.MeanInformation, _entropies.Left, _entropies.Right),
            ConditionalEntropy = conditional,
            ExplainedShare = entropy > 0 ? Math.Clamp(1 - (conditional / entropy), 0, 1) : double.NaN,
            Pearson = _correlations.Pearson,
            Spearman = _correlations.Spearman,
            CorrelationRatio = _correlations.Ratio,
            PValue = Chance.PValue,
            AdjustedPValue = AdjustedPValue,
            IsFound = AdjustedPValue <= options.SignificanceLevel,
        };
    }

    private static double GetSurjectionExceptions(ContingencyTable table, ComparedLabel to)
    {
        int[] all = to.Count();
        long missed = all.Where((_, code) => table.ColumnTotals[code] == 0).Sum(count => (long)count);
        return table.Total == 0 ? double.NaN : missed / (double)all.Sum(count => (long)count);
    }

    private (double Pearson, double Spearman, double Ratio) Correlate()
    {
        if (_left.Numbers is null && _right.Numbers is null)
        {
            return (double.NaN, double.NaN, double.NaN);
        }

        int[] both = [.. Enumerable.Range(0, _left.Codes.Length).Where(row => _left.Codes[row] >= 0 && _right.Codes[row] >= 0)];
        SortByNumbers(both, _left.Numbers ?? _right.Numbers!, _right.Numbers);
        double[]? left = _left.Numbers is { } numbers ? Array.ConvertAll(both, row => (double)numbers[row]) : null;
        double[]? right = _right.Numbers is { } others ? Array.ConvertAll(both, row => (double)others[row]) : null;
        if (both.Length == 0)
        {
            return (double.NaN, double.NaN, double.NaN);
        }

        if (left is not null && right is not null)
        {
            return (Correlation.GetPearson(left, right), Correlation.GetSpearman(left, right), double.NaN);
        }

        ComparedLabel classes = left is null ? _left : _right;
        return (double.NaN, double.NaN, Correlation.GetRatio((left ?? right)!, Array.ConvertAll(both, row => classes.Codes[row]), classes.CodeCount));
    }

    /// <summary>Brings rows into the order of their values: sums are then the same, bit by bit, whatever the order of the data.</summary>
    private static void SortByNumbers(int[] rows, float[] first, float[]? second)
    {
        float[] keys = Array.ConvertAll(rows, row => first[row]);
        Array.Sort(keys, rows);
        if (second is null || ReferenceEquals(first, second))
        {
            return;
        }

        float[] others = Array.ConvertAll(rows, row => second[row]);
        int begin = 0;
        for (int end = 1; end <= keys.Length; end++)
        {
            if (end == keys.Length || keys[end] != keys[begin])
            {
                Array.Sort(others, rows, begin, end - begin);
                begin = end;
            }
        }
    }
}
