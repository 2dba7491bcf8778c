using Microsoft.ML;
using MlNetMultiTask.Tests.Contracts;

namespace MlNetMultiTask.Tests.Scoring;

/// <summary>One small model for all tests of scoring.</summary>
public sealed class ScoringModel : IDisposable
{
    public ScoringModel()
    {
        ML = new MLContext(1);
        Data = TestData.View(ML);
        Model = ML.MultiTask.Trainers.HardParameterSharing(new TrainerSetup().To<HardParameterSharingOptions>()).Fit(Data);
    }

    public MLContext ML { get; }

    public IDataView Data { get; }

    public MultiTaskTransformer Model { get; }

    public void Dispose() => Model.Dispose();
}
