namespace MlNetMultiTask.Tests.Balancing;

/// <summary>The methods on gradients against weights that were computed elsewhere: of J = [[−4, 1, 1], [6, 1, 1]], in TorchJD's tests or independently.</summary>
public sealed class OracleTests
{
    private const double Tolerance = 1e-5;

    public static TheoryData<string, double, double> Weights => new()
    {
        { "MGDA", 0.6, 0.4 },
        { "PCGrad", 2.2222222, 1.5789474 },
        { "GradVac", 2.2222222, 1.5789474 },
        { "UPGrad", 1.111111, 0.789474 },
        { "DualProj", 0.611111, 0.5 },
        { "ImtlG", 0.5923303, 0.4076697 },
        { "AlignedMTL", 0.5590719, 0.4082611 },
        { "CAGrad(c 0)", 0.5, 0.5 },
        { "CAGrad(c 0.4)", 0.6632993, 0.5 },
        { "CAGrad(c 0.5)", 0.7041241, 0.5 },
        { "CAGrad(c 1)", 1.2, 0.8 },
        { "NashMTL", 0.5914612, 0.4070715 },
        { "FairGrad(alpha 1)", 0.5914612, 0.4070715 },
        { "FairGrad(alpha 2)", 0.4713629, 0.3194542 },
        { "FairGrad(alpha 0.5)", 0.7428283, 0.5253926 },
    };

    [Theory]
    [MemberData(nameof(Weights))]
    public void Weights_are_those_of_the_oracle(string method, double first, double second)
    {
        double[] weights = Create(method).Start(["A", "B"]).GetWeights(Steps.OfGradients([[-4, 1, 1], [6, 1, 1]]));

        Assert.Equal(first, weights[0], Tolerance);
        Assert.Equal(second, weights[1], Tolerance);
    }

    private static TaskBalancing Create(string method) => method switch
    {
        "MGDA" => TaskBalancing.MGDA(),
        "PCGrad" => TaskBalancing.PCGrad(),
        "GradVac" => TaskBalancing.GradVac(),
        "UPGrad" => TaskBalancing.UPGrad(),
        "DualProj" => TaskBalancing.DualProj(),
        "ImtlG" => TaskBalancing.ImtlG(),
        "AlignedMTL" => TaskBalancing.AlignedMTL(),
        "CAGrad(c 0)" => TaskBalancing.CAGrad(0),
        "CAGrad(c 0.4)" => TaskBalancing.CAGrad(0.4),
        "CAGrad(c 0.5)" => TaskBalancing.CAGrad(0.5),
        "CAGrad(c 1)" => TaskBalancing.CAGrad(1),
        "NashMTL" => TaskBalancing.NashMTL(maximumNorm: null),
        "FairGrad(alpha 1)" => TaskBalancing.FairGrad(1),
        "FairGrad(alpha 2)" => TaskBalancing.FairGrad(2),
        "FairGrad(alpha 0.5)" => TaskBalancing.FairGrad(0.5),
        _ => throw new ArgumentException(method),
    };
}
