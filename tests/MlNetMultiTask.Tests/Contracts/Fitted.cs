using Microsoft.ML;

namespace MlNetMultiTask.Tests.Contracts;

/// <summary>A model fitted on the shared data, with everything around it.</summary>
internal sealed class Fitted : IDisposable
{
    public Fitted(string trainerName, TrainerSetup? setup = null)
    {
        ML = new MLContext(1);
        Data = TestData.View(ML);
        Model = TrainerCases.Create(trainerName, ML, setup is null ? null : TrainerCases.WithoutRefused(trainerName, setup)).Fit(Data);
        Scored = Model.Transform(Data);
    }

    public MLContext ML { get; }

    public IDataView Data { get; }

    public MultiTaskTransformer Model { get; }

    public IDataView Scored { get; }

    /// <summary>The names of all output columns.</summary>
    public string[] Outputs => [.. Model.Tasks.SelectMany(task => task.OutputColumnNames)];

    public void Dispose() => Model.Dispose();
}
