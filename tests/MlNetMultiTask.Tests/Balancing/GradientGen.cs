using CsCheck;
using MlNetMultiTask.Training;

namespace MlNetMultiTask.Tests.Balancing;

/// <summary>Gradients of 1 to 12 tasks that agree, conflict, depend on one another or vanish, and are of like or of very different lengths.</summary>
internal static class GradientGen
{
    private static readonly string[] _kinds = ["random", "conflicting", "parallel", "anti-parallel", "orthogonal", "some zero", "nearly parallel", "copies", "nearly opposed", "all zero"];
    private static readonly string[] _scales = ["one scale", "common scale", "scales apart"];

    /// <summary>All kinds.</summary>
    public static Gen<Gradients> All { get; } = OfKinds(0, _kinds.Length - 1);

    /// <summary>All kinds, no gradient longer than another by more than a few times.</summary>
    public static Gen<Gradients> OfOneScale { get; } = OfKinds(0, _kinds.Length - 1, 0, 0);

    /// <summary>Random and conflicting gradients in so many dimensions that none depends on the others.</summary>
    public static Gen<Gradients> Independent { get; } = OfKinds(0, 1, 0, 2, wide: true);

    /// <summary>Independent ones, no gradient longer than another by more than a few times.</summary>
    public static Gen<Gradients> IndependentOfOneScale { get; } = OfKinds(0, 1, 0, 0, wide: true);

    private static Gen<Gradients> OfKinds(int firstKind, int lastKind, int firstScale = 0, int lastScale = 2, bool wide = false) =>
        Gen.Select(Gen.Int[1, 12], Gen.Int[firstKind, lastKind], Gen.Int[firstScale, lastScale], Gen.ULong, (count, kind, scale, seed) => Make(count, kind, scale, seed, wide));

    private static Gradients Make(int count, int kind, int scale, ulong seed, bool wide)
    {
        var random = new CounterRandom(seed, 0);
        int dimensions = (wide ? count + 2 : 1) + (int)random.NextBelow(15);
        double[][] rows = [.. Enumerable.Range(0, count).Select(_ => MakeNormal(random, dimensions))];
        double[] axis = MakeNormal(random, dimensions);
        double nearness = Math.Pow(10, -10 * random.NextDouble());
        bool[] odd = [.. rows.Select(_ => random.NextBelow(2) == 1)];
        rows = _kinds[kind] switch
        {
            "conflicting" => Spread(rows, 1 + random.NextDouble()),
            "parallel" => [.. rows.Select(row => Vectors.Multiply(axis, Math.Abs(row[0])))],
            "anti-parallel" => [.. rows.Select(row => Vectors.Multiply(axis, row[0]))],
            "orthogonal" => [.. rows.Select((row, i) => Enumerable.Range(0, count).Select(k => k == i ? row[0] : 0).ToArray())],
            "some zero" => [.. rows.Select((row, i) => odd[i] ? new double[dimensions] : row)],
            "nearly parallel" => [.. rows.Select(row => Vectors.Add(axis, nearness, row))],
            "copies" => [.. rows.Select((_, i) => Vectors.Multiply(rows[i / 3], odd[i] ? -1 : 1))],
            "nearly opposed" => [.. rows.Select((row, i) => Vectors.Multiply(Vectors.Add(axis, nearness, row), odd[i] ? -1 : 1))],
            "all zero" => [.. rows.Select(_ => new double[dimensions])],
            _ => rows,
        };
        double common = Math.Pow(10, (16 * random.NextDouble()) - 8);
        double[] factors = [.. rows.Select(_ => scale == 0 ? 1 : scale == 1 ? common : Math.Pow(10, (16 * random.NextDouble()) - 8))];
        return new Gradients(new Gradients(rows).Scale(factors).Rows, $"{_kinds[kind]}, {_scales[scale]}, seed {seed}");
    }

    /// <summary>Takes the mean out more than once, so that the gradients oppose their own sum.</summary>
    private static double[][] Spread(double[][] rows, double share)
    {
        double[] mean = new Gradients(rows).Mean;
        return [.. rows.Select(row => Vectors.Add(row, -share, mean))];
    }

    private static double[] MakeNormal(CounterRandom random, int dimensions) =>
        [.. Enumerable.Range(0, dimensions).Select(_ => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()))];
}
