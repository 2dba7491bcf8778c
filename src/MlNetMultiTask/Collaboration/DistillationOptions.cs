using System.Globalization;
using static MlNetMultiTask.MultiTaskTrainerOptions;

namespace MlNetMultiTask;

/// <summary>The options of <see cref="DistillationTrainer"/>. Epochs, progress, cancellation and all else of training are the student's own options.</summary>
public sealed class DistillationOptions
{
    /// <summary>Beyond it, softened probabilities are equal in the digits of a Single.</summary>
    private const float MaximumTemperature = 1000;

    /// <summary>Who teaches. It is not owned, and must not be disposed before training has ended.</summary>
    /// <value>There is no default.</value>
    public Teacher Teacher { get; init; } = null!;

    /// <summary>What is trained: any trainer of this library but another distillation; an ensemble's members are taught each.</summary>
    /// <value>There is no default.</value>
    public MultiTaskTrainer Student { get; init; } = null!;

    /// <summary>T, what the logits of both sides are divided by before they are compared; above 0. The higher, the more the student learns of the classes that the teacher thinks improbable.</summary>
    /// <value>The default is 3.</value>
    public float Temperature { get; init; } = 3f;

    /// <summary>
    /// α, what the loss against labels weighs; the loss against the teacher has 1 − α. From 0 to 1. With 0, labels play no part; with 1, the teacher plays none, and training is the student's own,
    /// bit by bit.
    /// </summary>
    /// <value>The default is 0.3.</value>
    public float HardLabelWeight { get; init; } = 0.3f;

    /// <summary>Other temperatures and weights for some tasks, by the tasks' names.</summary>
    /// <value>The default is empty.</value>
    public IReadOnlyDictionary<string, DistillationTaskSettings> TaskSettings { get; init; } = new Dictionary<string, DistillationTaskSettings>();

    /// <summary>When the teacher is asked.</summary>
    /// <value>The default is <see cref="TeacherDelivery.Automatic"/>.</value>
    public TeacherDelivery Delivery { get; init; }

    /// <summary>How many bytes the teacher's answers may take, 4 for each row and output; beyond, they are kept as numbers of 16 bits, which take half. Above 0.</summary>
    /// <value>The default is 1 GiB.</value>
    public long MaximumStoredBytes { get; init; } = 1L << 30;

    /// <summary>
    /// The <see cref="TaskFidelity.Agreement"/> that the student must reach in every task that it was taught, from above 0 to 1; otherwise <c>Fit</c> fails. It is measured on the
    /// validation rows, or without any on the training rows; for this the teacher is asked once more.
    /// </summary>
    /// <value>The default is null: none is asked for.</value>
    public double? MinimumFidelity { get; init; }

    internal float GetTemperature(PredictionTask task) => TaskSettings.GetValueOrDefault(task.Name)?.Temperature ?? Temperature;

    internal float GetHardLabelWeight(PredictionTask task) => TaskSettings.GetValueOrDefault(task.Name)?.HardLabelWeight ?? HardLabelWeight;

    /// <summary>Checks every option once.</summary>
    /// <exception cref="ArgumentException">An option is not valid; the message names it.</exception>
    internal void Validate()
    {
        Require(Teacher is not null, nameof(Teacher), "is null; give one, for example Teacher.From(model)");
        Require(Student is not null, nameof(Student), "is null; give the trainer that learns from the teacher");
        Require(Student is not DistillationTrainer, nameof(Student), "is a distillation itself; a student has one teacher. Give its student, and combine teachers in an ensemble or in a chain");
        RequireTemperature(Temperature, nameof(Temperature), "");
        RequireShare(HardLabelWeight, nameof(HardLabelWeight), "");
        Require(TaskSettings is not null && !TaskSettings.Values.Contains(null!), nameof(TaskSettings), "is null or contains null; an empty dictionary is the default");
        string names = $"'{string.Join("', '", Student!.Tasks.Select(task => task.Name))}'";
        foreach ((string name, DistillationTaskSettings settings) in TaskSettings!)
        {
            Require(Student.Tasks.Any(task => task.Name == name), nameof(TaskSettings), $"names the task '{name}', which is none of the student's: {names}");
            RequireTemperature(settings.Temperature ?? Temperature, nameof(TaskSettings), $" has for task '{name}' a Temperature that");
            RequireShare(settings.HardLabelWeight ?? HardLabelWeight, nameof(TaskSettings), $" has for task '{name}' a HardLabelWeight that");
        }

        Require(Enum.IsDefined(Delivery), nameof(Delivery), string.Create(CultureInfo.InvariantCulture, $"is {Delivery}, which is none of its values"));
        Require(MaximumStoredBytes > 0, nameof(MaximumStoredBytes), string.Create(CultureInfo.InvariantCulture, $"is {MaximumStoredBytes}; it must be above 0"));
        Require(MinimumFidelity is null or (> 0 and <= 1), nameof(MinimumFidelity), string.Create(CultureInfo.InvariantCulture, $"is {MinimumFidelity}; it must be from above 0 to 1, or null"));
        Require(Teacher!.FindProblem(Student.Tasks) is null, nameof(Teacher), Teacher.FindProblem(Student.Tasks) ?? "");
        Require(
            MinimumFidelity is null || Student.Tasks.Any(task => Teacher.Knows(task) && GetHardLabelWeight(task) < 1),
            nameof(MinimumFidelity),
            "asks for agreement with a teacher of whom nothing is learned: HardLabelWeight is 1 for all tasks that the teacher knows");
    }

    private static void RequireTemperature(float value, string option, string of) =>
        Require(value is > 0 and <= MaximumTemperature, option, string.Create(CultureInfo.InvariantCulture, $"{of.TrimStart()}{(of.Length > 0 ? " " : "")}is {value}; it must be above 0, and at most {MaximumTemperature}"));

    private static void RequireShare(float value, string option, string of) =>
        Require(value is >= 0 and <= 1, option, string.Create(CultureInfo.InvariantCulture, $"{of.TrimStart()}{(of.Length > 0 ? " " : "")}is {value}; it must be from 0 to 1"));
}
