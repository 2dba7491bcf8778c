using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetMultiTask.Models;
using MlNetMultiTask.Networks;
using MlNetMultiTask.Tests.Contracts;
using MlNetMultiTask.Tests.Networks;

namespace MlNetMultiTask.Tests.Trainers;

/// <summary>What gates do with experts: in the history, measured on data, and balanced.</summary>
public sealed class ExpertUseTests
{
    private readonly MLContext _ml = new(1);

    public static TheoryData<string> Trainers => ["experts", "one gate", "two of four", "one level", "two levels"];

    [Theory]
    [MemberData(nameof(Trainers))]
    public void Each_epoch_tells_how_gates_used_the_experts(string name)
    {
        using MultiTaskTransformer model = Create(name).Fit(TestData.View(_ml));
        foreach (TrainingEpoch epoch in model.History!.Epochs)
        {
            ExpertUse use = epoch.ExpertUse!;
            Assert.Equal(name switch { "one gate" => 1, "two levels" => 9, _ => 4 }, use.Gates.Count);
            foreach (ExpertGate gate in use.Gates)
            {
                Assert.Equal(1, gate.MeanWeights.Sum(), 1e-5);
                Assert.Equal(gate.Experts.Count, gate.MeanWeights.Count);
                Assert.Equal(name == "two of four" ? 2 : gate.Experts.Count, gate.SelectedShares.Sum(), 1e-9);
            }

            for (int level = 1; level <= (name == "two levels" ? 2 : 1); level++)
            {
                Assert.Equal(1, use.GetUtilization(level).Values.Sum(), 1e-5);
            }

            Assert.Empty(use.GetUtilization(3));
        }
    }

    [Fact]
    public void Gates_and_experts_have_the_names_of_their_tasks()
    {
        using MultiTaskTransformer extraction = Create("two levels").Fit(TestData.View(_ml));
        ExpertUse use = extraction.History!.Epochs[^1].ExpertUse!;

        Assert.Equal([1, 1, 1, 1, 1, 2, 2, 2, 2], use.Gates.Select(gate => gate.Level));
        Assert.Equal(["Color", "Big", "Size", "Tags", null, "Color", "Big", "Size", "Tags"], use.Gates.Select(gate => gate.Task));
        Assert.Equal(["Big 1", "shared 1", "shared 2"], use.Gates[1].Experts);
        Assert.Equal(["Color 1", "Big 1", "Size 1", "Tags 1", "shared 1", "shared 2"], use.Gates[4].Experts);
        Assert.Equal(["Color 1", "shared 1", "shared 2", "Big 1", "Size 1", "Tags 1"], use.GetUtilization(2).Keys);

        using MultiTaskTransformer one = Create("one gate").Fit(TestData.View(_ml));
        ExpertGate gate = Assert.Single(one.History!.Epochs[^1].ExpertUse!.Gates);
        Assert.Null(gate.Task);
        Assert.Equal(["shared 1", "shared 2", "shared 3"], gate.Experts);
    }

    [Fact]
    public void A_task_that_is_called_shared_keeps_its_experts_apart_from_those_of_all()
    {
        IDataView data = _ml.Transforms.CopyColumns("shared", "Size").Fit(TestData.View(_ml)).Transform(TestData.View(_ml));
        using MultiTaskTransformer model = _ml.MultiTask.Trainers.ProgressiveLayeredExtraction(new ProgressiveLayeredExtractionOptions
        {
            Tasks = [PredictionTask.Regression("shared"), PredictionTask.Regression("Weight")],
            NumberOfLevels = 1,
            MaximumNumberOfEpochs = 1,
        }).Fit(data);

        Assert.Equal(["shared 1", "(shared) 1", "(shared) 2", "Weight 1"], model.MeasureExpertUse(data).GetUtilization().Keys);
    }

    /// <summary>On given rows, by plain arithmetic from the weights in the model.</summary>
    [Theory]
    [InlineData("experts", 3)]
    [InlineData("two of four", 2)]
    public void What_is_measured_on_data_is_the_mean_of_the_gates(string name, int selected)
    {
        const int RowCount = 600;
        using MultiTaskTransformer model = Create(name).Fit(TestData.View(_ml));
        ExpertUse use = model.MeasureExpertUse(TestData.View(_ml, RowCount));
        var networkModel = (NetworkModel)model.Model;
        using MultiTaskNetwork copy = NetworkKinds.Create(networkModel.Description);
        NetworkWeights.Import(copy, networkModel.ExportWeights());
        var plain = new PlainSharing(copy);
        double[][] rows = [.. TestData.View(_ml, RowCount).GetColumn<float[]>("Features").Select(row => Array.ConvertAll(row, value => (double)value))];
        for (int gate = 0; gate < 4; gate++)
        {
            double[][] given = [.. rows.Select(row => plain.GateWeights(plain.Parameters, $"gate{gate}", row, selected))];
            for (int expert = 0; expert < given[0].Length; expert++)
            {
                Assert.Equal(given.Average(weights => weights[expert]), use.Gates[gate].MeanWeights[expert], 1e-5);
                Assert.Equal(given.Average(weights => weights[expert] > 0 ? 1.0 : 0), use.Gates[gate].SelectedShares[expert], 1e-9);
            }
        }
    }

    [Fact]
    public void The_use_is_kept_in_files_and_comes_back()
    {
        using MultiTaskTransformer model = Create("two levels").Fit(TestData.View(_ml));
        TrainingHistory history = model.History!;
        TrainingHistory read = HistoryJson.Read(HistoryJson.Write(history));

        Assert.Equal(history.ToJson(), read.ToJson());
        Assert.Equal(history.Epochs[0].ExpertUse!.ToString(), read.Epochs[0].ExpertUse!.ToString());
        Assert.Equal(history.Epochs[0].ExpertUse!.Gates[4].SelectedShares, read.Epochs[0].ExpertUse!.Gates[4].SelectedShares);
    }

    [Theory]
    [InlineData("\"experts\":[\"shared 1\",\"shared 2\"]", "\"experts\":[]", "'epochs[0].gates[0].experts'")]
    [InlineData("\"experts\":[\"shared 1\",\"shared 2\"]", "\"experts\":[\"a\"]", "'epochs[0].gates[0].meanWeights'")]
    [InlineData("\"level\":1", "\"level\":0", "'epochs[0].gates[0].level'")]
    [InlineData("\"gates\":[", "\"gates\":[7,", "'epochs[0].gates'")]
    public void A_use_that_makes_no_sense_is_refused(string from, string to, string words)
    {
        using MultiTaskTransformer model = _ml.MultiTask.Trainers.MultiGateMixtureOfExperts(TestData.Tasks(), numberOfExperts: 2, maximumNumberOfEpochs: 1).Fit(TestData.View(_ml));
        string json = System.Text.Json.Nodes.JsonNode.Parse(model.History!.ToJson())!.ToJsonString();
        Assert.Contains(from, json, StringComparison.Ordinal);
        int place = json.IndexOf(from, StringComparison.Ordinal);
        byte[] changed = System.Text.Encoding.UTF8.GetBytes(json[..place] + to + json[(place + from.Length)..]);

        Assert.Contains(words, Assert.Throws<FormatException>(() => HistoryJson.Read(changed)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void It_prints_a_line_for_each_gate_in_any_culture()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
            using MultiTaskTransformer model = _ml.MultiTask.Trainers.MultiGateMixtureOfExperts(new MultiGateMixtureOfExpertsOptions { Tasks = TestData.Tasks(), NumberOfExperts = 1, MaximumNumberOfEpochs = 1 }).Fit(TestData.View(_ml));

            Assert.Equal(
                ["level 1, Color: shared 1 1.00", "level 1, Big: shared 1 1.00", "level 1, Size: shared 1 1.00", "level 1, Tags: shared 1 1.00"],
                model.History!.Epochs[0].ExpertUse!.ToString().Split(Environment.NewLine));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    /// <summary>A task without a label in a batch is not computed there, and so its gate not counted.</summary>
    [Fact]
    public void Rows_without_a_label_for_a_task_are_not_counted_where_the_whole_batch_has_none()
    {
        Example[] rows = TestData.Rows();
        foreach (Example row in rows)
        {
            row.Size = float.NaN;
        }

        rows[0].Size = 3;
        rows[1].Size = 4;
        using MultiTaskTransformer model = Create("experts", epochs: 1, batchSize: 1).Fit(TestData.Map(_ml, rows));
        ExpertUse use = model.History!.Epochs[0].ExpertUse!;

        Assert.All(use.Gates, gate => Assert.Equal(1, gate.MeanWeights.Sum(), 1e-5));
        Assert.Equal(1, use.GetUtilization().Values.Sum(), 1e-5);
    }

    [Fact]
    public void Networks_that_are_one_or_learn_together_tell_whose_gates_they_are()
    {
        MultiTaskTrainer mixture = Create("experts");
        using MultiTaskTransformer joint = _ml.MultiTask.Trainers.JointTraining(mixture, numberOfMembers: 2).Fit(TestData.View(_ml));
        ExpertUse use = joint.History!.Epochs[^1].ExpertUse!;
        Assert.Equal([1, 1, 1, 1, 2, 2, 2, 2], use.Gates.Select(gate => gate.Network));
        Assert.Equal(6, use.GetUtilization().Count);
        Assert.Equal(1, use.GetUtilization().Values.Sum(), 1e-5);
        Assert.StartsWith("network 1, level 1, Color: ", use.ToString(), StringComparison.Ordinal);
        Assert.Equal(8, joint.MeasureExpertUse(TestData.View(_ml)).Gates.Count);
        Assert.Equal(4, joint.Members[0].MeasureExpertUse(TestData.View(_ml)).Gates.Count);

        using MultiTaskTransformer mutual = _ml.MultiTask.Trainers.MutualLearning(mixture).Fit(TestData.View(_ml));
        Assert.All(mutual.History!.Epochs[^1].Members, member => Assert.Equal(4, member.ExpertUse!.Gates.Count));
    }

    [Fact]
    public void Models_without_gates_say_so()
    {
        using MultiTaskTransformer hard = _ml.MultiTask.Trainers.HardParameterSharing(TestData.Tasks(), maximumNumberOfEpochs: 1).Fit(TestData.View(_ml));
        Assert.Null(hard.History!.Epochs[0].ExpertUse);
        Assert.Contains("MultiGateMixtureOfExperts", Assert.Throws<InvalidOperationException>(() => hard.MeasureExpertUse(TestData.View(_ml))).Message, StringComparison.Ordinal);

        MultiTaskTransformer model = Create("experts").Fit(TestData.View(_ml));
        IDataView other = _ml.Transforms.CopyColumns("Others", "Features").Append(_ml.Transforms.DropColumns("Features")).Fit(TestData.View(_ml)).Transform(TestData.View(_ml));
        Assert.Contains("'Features'", Assert.ThrowsAny<ArgumentException>(() => model.MeasureExpertUse(other)).Message, StringComparison.Ordinal);
        model.Dispose();
        Assert.Throws<ObjectDisposedException>(() => model.MeasureExpertUse(TestData.View(_ml)));
    }

    /// <summary>Without balancing, top-1 gates of some seeds use few experts; with much of it, all are used about alike, whatever the seed.</summary>
    [Fact]
    public void Load_balancing_evens_out_the_use_of_experts()
    {
        for (int seed = 1; seed <= 4; seed++)
        {
            (double without, double with) = (Spread(seed, 0), Spread(seed, 10));

            Assert.True(with < 0.5 * without, string.Create(CultureInfo.InvariantCulture, $"seed {seed}: {without} without, {with} with"));
        }

        // How far apart the shares of rows are that experts get.
        double Spread(int seed, double weight)
        {
            using MultiTaskTransformer model = _ml.MultiTask.Trainers.MultiGateMixtureOfExperts(new MultiGateMixtureOfExpertsOptions
            {
                Tasks = TestData.Tasks(),
                NumberOfExperts = 4,
                NumberOfSelectedExperts = 1,
                LoadBalancingWeight = weight,
                OneGate = true,
                ExpertLayers = [8],
                HeadLayers = [],
                MaximumNumberOfEpochs = 60,
                LearningRate = 0.01,
                Seed = seed,
            }).Fit(TestData.View(_ml));
            IReadOnlyList<double> shares = model.History!.Epochs[^1].ExpertUse!.Gates[0].SelectedShares;
            return shares.Max() - shares.Min();
        }
    }

    private MultiTaskTrainer Create(string name, int epochs = 3, int batchSize = 16)
    {
        MultiGateMixtureOfExpertsOptions Mixture(int experts, int? selected = null, bool oneGate = false) => new()
        {
            Tasks = TestData.Tasks(),
            NumberOfExperts = experts,
            NumberOfSelectedExperts = selected,
            OneGate = oneGate,
            ExpertLayers = [5],
            HeadLayers = [3],
            MaximumNumberOfEpochs = epochs,
            BatchSize = batchSize,
            LearningRate = 0.01,
            Activation = Activation.Tanh,
            Seed = 2,
        };
        ProgressiveLayeredExtractionOptions Extraction(int levels) => new()
        {
            Tasks = TestData.Tasks(),
            NumberOfLevels = levels,
            ExpertLayers = [5],
            HeadLayers = [3],
            MaximumNumberOfEpochs = epochs,
            BatchSize = batchSize,
            LearningRate = 0.01,
            Seed = 2,
        };
        return name switch
        {
            "experts" => _ml.MultiTask.Trainers.MultiGateMixtureOfExperts(Mixture(3)),
            "one gate" => _ml.MultiTask.Trainers.MultiGateMixtureOfExperts(Mixture(3, oneGate: true)),
            "two of four" => _ml.MultiTask.Trainers.MultiGateMixtureOfExperts(Mixture(4, selected: 2)),
            "one level" => _ml.MultiTask.Trainers.ProgressiveLayeredExtraction(Extraction(1)),
            _ => _ml.MultiTask.Trainers.ProgressiveLayeredExtraction(Extraction(2)),
        };
    }
}
