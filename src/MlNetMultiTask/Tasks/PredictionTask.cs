using Microsoft.ML;
using MlNetMultiTask.Tasks;
using TorchSharp;

namespace MlNetMultiTask;

/// <summary>
/// One thing to predict from the shared features: a class, a yes/no, a number (or several), or a set of labels.
/// A task names its label column and its output columns; it holds no data and can be used with several trainers.
/// </summary>
/// <remarks>
/// Create tasks with the four factory methods. Rows without a label for a task are left out of that task's loss and
/// metrics, and still serve the other tasks.
/// </remarks>
public abstract class PredictionTask
{
    private protected PredictionTask(string name, string? labelColumnName, float lossWeight, string? scoreColumnName)
    {
        Name = TaskArguments.Text(name, nameof(name));
        LabelColumnName = TaskArguments.OptionalText(labelColumnName, nameof(labelColumnName)) ?? name;
        ScoreColumnName = TaskArguments.OptionalText(scoreColumnName, nameof(scoreColumnName)) ?? name + ".Score";
        LossWeight = TaskArguments.NonNegative(lossWeight, nameof(lossWeight));
    }

    /// <summary>The task's name, unique within a trainer; the prefix of its output columns.</summary>
    public string Name { get; }

    /// <summary>The column that holds the labels.</summary>
    /// <value>The default is <see cref="Name"/>.</value>
    public string LabelColumnName { get; }

    /// <summary>The column that receives the scores.</summary>
    /// <value>The default is <c>{Name}.Score</c>.</value>
    public string ScoreColumnName { get; }

    /// <summary>The constant factor of this task's loss in the sum over tasks; 0 or more. With 0 the task takes no part in the steps of training, and is measured only.</summary>
    /// <value>The default is 1.</value>
    public float LossWeight { get; }

    /// <summary>The column of row weights for this task alone, <see cref="float"/>, 0 or more; brought to mean 1 over the rows that have a label. They multiply the trainer's row weights.</summary>
    /// <value>The default is null: all rows weigh the same.</value>
    public string? ExampleWeightColumnName { get; private init; }

    /// <summary>How much the classes, or yes and no, weigh in the loss.</summary>
    /// <value>The default is null: all weigh the same.</value>
    public ClassWeights? ClassWeights { get; private init; }

    /// <summary>
    /// The share of a label's certainty that is spread evenly over all classes, or over yes and no (Szegedy et al. 2016); from 0 to below 1.
    /// </summary>
    /// <value>The default is 0: labels are certain.</value>
    public float LabelSmoothing { get; private init; }

    /// <summary>
    /// The kind of task, in the words of ML.NET's <c>ScoreColumnKind</c> annotation: <c>MulticlassClassification</c>,
    /// <c>BinaryClassification</c>, <c>Regression</c> or <c>MultilabelClassification</c>.
    /// </summary>
    public abstract string Kind { get; }

    /// <summary>The names of the columns that a fitted model adds for this task, in their order in the schema.</summary>
    public abstract IReadOnlyList<string> OutputColumnNames { get; }

    /// <summary>A task whose label is one of several classes.</summary>
    /// <param name="name">The task's name, and by default its label column.</param>
    /// <param name="labelColumnName">The label: a key column (from <c>MapValueToKey</c>); key 0 is a missing label. The key values may be of any primitive type.</param>
    /// <param name="lossWeight">The factor of this task's loss; 0 or more.</param>
    /// <param name="scoreColumnName">The class probabilities, a vector of <see cref="float"/> with slot names; by default <c>{name}.Score</c>.</param>
    /// <param name="predictedLabelColumnName">The most probable class, of the label's key type; by default <c>{name}.PredictedLabel</c>.</param>
    /// <param name="exampleWeightColumnName">The column of row weights for this task alone; null for none.</param>
    /// <param name="classWeights">How much classes weigh in the loss; null for all alike.</param>
    /// <param name="labelSmoothing">The share of a label's certainty that is spread evenly over all classes; from 0 to below 1.</param>
    /// <returns>The task.</returns>
    /// <exception cref="ArgumentException">A name is empty, a number is outside its range, or the class weights do not suit the kind of task.</exception>
    public static PredictionTask MulticlassClassification(
        string name,
        string? labelColumnName = null,
        float lossWeight = 1f,
        string? scoreColumnName = null,
        string? predictedLabelColumnName = null,
        string? exampleWeightColumnName = null,
        ClassWeights? classWeights = null,
        float labelSmoothing = 0f) =>
        new MulticlassTask(name, labelColumnName, lossWeight, scoreColumnName, predictedLabelColumnName)
        {
            ExampleWeightColumnName = TaskArguments.OptionalText(exampleWeightColumnName, nameof(exampleWeightColumnName)),
            ClassWeights = classWeights is { PositiveWeight: not null } ? throw new ArgumentException("A multiclass task has no yes to weigh: use ClassWeights.Balanced() or ClassWeights.Of(...).", nameof(classWeights)) : classWeights,
            LabelSmoothing = TaskArguments.Share(labelSmoothing, nameof(labelSmoothing)),
        };

    /// <summary>A task whose label is yes or no.</summary>
    /// <param name="name">The task's name, and by default its label column.</param>
    /// <param name="labelColumnName">The label: <see cref="bool"/>, <see cref="float"/> 0 / 1 / NaN (missing), or a key with two values (key 0 is missing).</param>
    /// <param name="positiveLabel">The key value that counts as yes, as text; needed for a key label and for no other, since keys are numbered by first occurrence.</param>
    /// <param name="lossWeight">The factor of this task's loss; 0 or more.</param>
    /// <param name="decisionThreshold">The probability from which on the predicted label is yes; by default 0.5.</param>
    /// <param name="scoreColumnName">The log-odds, a <see cref="float"/>; by default <c>{name}.Score</c>.</param>
    /// <param name="probabilityColumnName">The probability of yes, a <see cref="float"/>; by default <c>{name}.Probability</c>.</param>
    /// <param name="predictedLabelColumnName">The decision, a <see cref="bool"/>; by default <c>{name}.PredictedLabel</c>.</param>
    /// <param name="exampleWeightColumnName">The column of row weights for this task alone; null for none.</param>
    /// <param name="classWeights">How much yes and no weigh in the loss; null for all alike.</param>
    /// <param name="labelSmoothing">The share of a label's certainty that is spread evenly over yes and no; from 0 to below 1.</param>
    /// <returns>The task.</returns>
    /// <exception cref="ArgumentException">A name is empty, a number is outside its range, or the class weights do not suit the kind of task.</exception>
    public static PredictionTask BinaryClassification(
        string name,
        string? labelColumnName = null,
        string? positiveLabel = null,
        float lossWeight = 1f,
        DecisionThreshold? decisionThreshold = null,
        string? scoreColumnName = null,
        string? probabilityColumnName = null,
        string? predictedLabelColumnName = null,
        string? exampleWeightColumnName = null,
        ClassWeights? classWeights = null,
        float labelSmoothing = 0f) =>
        new BinaryTask(name, labelColumnName, positiveLabel, lossWeight, decisionThreshold, scoreColumnName, probabilityColumnName, predictedLabelColumnName)
        {
            ExampleWeightColumnName = TaskArguments.OptionalText(exampleWeightColumnName, nameof(exampleWeightColumnName)),
            ClassWeights = classWeights is { ByName: not null } ? throw new ArgumentException("A binary task has yes and no, and no names: use ClassWeights.Balanced() or ClassWeights.Positive(weight).", nameof(classWeights)) : classWeights,
            LabelSmoothing = TaskArguments.Share(labelSmoothing, nameof(labelSmoothing)),
        };

    /// <summary>A task whose label is a number, or a vector of numbers.</summary>
    /// <param name="name">The task's name, and by default its label column.</param>
    /// <param name="labelColumnName">The label: <see cref="float"/>, or a known-size vector of them; NaN is missing (in a vector: slot by slot).</param>
    /// <param name="lossWeight">The factor of this task's loss; 0 or more.</param>
    /// <param name="scoreColumnName">The prediction in the label's unit and shape; by default <c>{name}.Score</c>.</param>
    /// <param name="exampleWeightColumnName">The column of row weights for this task alone; null for none.</param>
    /// <returns>The task.</returns>
    /// <exception cref="ArgumentException">A name is empty, or a number is outside its range.</exception>
    /// <remarks>
    /// The loss is the squared error of the standardised label: mean 0 and deviation 1 over the training rows, so that
    /// the label's unit does not decide how much a task weighs. A label that is constant in training is predicted
    /// as exactly that constant.
    /// </remarks>
    public static PredictionTask Regression(
        string name,
        string? labelColumnName = null,
        float lossWeight = 1f,
        string? scoreColumnName = null,
        string? exampleWeightColumnName = null) =>
        new RegressionTask(name, labelColumnName, lossWeight, scoreColumnName)
        {
            ExampleWeightColumnName = TaskArguments.OptionalText(exampleWeightColumnName, nameof(exampleWeightColumnName)),
        };

    /// <summary>A task whose label is a set: any number of labels may hold at once.</summary>
    /// <param name="name">The task's name, and by default its label column.</param>
    /// <param name="labelColumnName">
    /// The label: a known-size vector of <see cref="bool"/>, a known-size vector of <see cref="float"/> 0 / 1 / NaN
    /// (missing, slot by slot), or a bag of keys (a vector from <c>MapValueToKey</c>: the labels that hold; an empty
    /// bag is a row to which no label applies, not a missing label).
    /// </param>
    /// <param name="lossWeight">The factor of this task's loss; 0 or more.</param>
    /// <param name="decisionThreshold">The probability from which on a label is predicted; by default 0.5.</param>
    /// <param name="scoreColumnName">The labels' probabilities, a vector of <see cref="float"/> with slot names; by default <c>{name}.Score</c>.</param>
    /// <param name="predictedLabelColumnName">The decisions, a vector of <see cref="bool"/>; by default <c>{name}.PredictedLabel</c>.</param>
    /// <param name="exampleWeightColumnName">The column of row weights for this task alone; null for none.</param>
    /// <param name="classWeights">How much each label's yes and no weigh in the loss; null for all alike.</param>
    /// <param name="labelSmoothing">The share of a label's certainty that is spread evenly over yes and no; from 0 to below 1.</param>
    /// <returns>The task.</returns>
    /// <exception cref="ArgumentException">A name is empty, a number is outside its range, or the class weights do not suit the kind of task.</exception>
    public static PredictionTask MultilabelClassification(
        string name,
        string? labelColumnName = null,
        float lossWeight = 1f,
        DecisionThreshold? decisionThreshold = null,
        string? scoreColumnName = null,
        string? predictedLabelColumnName = null,
        string? exampleWeightColumnName = null,
        ClassWeights? classWeights = null,
        float labelSmoothing = 0f) =>
        new MultilabelTask(name, labelColumnName, lossWeight, decisionThreshold, scoreColumnName, predictedLabelColumnName)
        {
            ExampleWeightColumnName = TaskArguments.OptionalText(exampleWeightColumnName, nameof(exampleWeightColumnName)),
            ClassWeights = classWeights,
            LabelSmoothing = TaskArguments.Share(labelSmoothing, nameof(labelSmoothing)),
        };

    /// <summary>Returns the kind, the name and the label column.</summary>
    /// <returns>A short text for messages and logs.</returns>
    public override string ToString() =>
        Name == LabelColumnName ? $"{Kind}(\"{Name}\")" : $"{Kind}(\"{Name}\", label \"{LabelColumnName}\")";

    /// <summary>The probability from which on yes is predicted; null for kinds that do not decide.</summary>
    internal virtual DecisionThreshold? DecisionThreshold => null;

    /// <summary>The task as plain data, for model files.</summary>
    internal virtual TaskDescription Describe() => new()
    {
        Kind = Kind,
        Name = Name,
        LabelColumnName = LabelColumnName,
        LossWeight = LossWeight,
        ScoreColumnName = ScoreColumnName,
        ExampleWeightColumnName = ExampleWeightColumnName,
        ClassWeights = ClassWeights,
        LabelSmoothing = LabelSmoothing,
    };

    // ---- labels

    /// <summary>What a label column must be, for messages: "a binary task needs ...; remedy".</summary>
    internal abstract string LabelRequirement { get; }

    /// <summary>The values that a label may take once it is read as <see cref="float"/>, for messages.</summary>
    internal abstract string ValidValues { get; }

    /// <summary>Whether the column's type suits the task, as far as the shape tells.</summary>
    internal abstract bool Accepts(SchemaShape.Column label);

    /// <summary>Checks the concrete column, and tells how many numbers a row's label is.</summary>
    internal abstract int GetLabelWidth(DataViewSchema.Column label);

    /// <summary>Whether both the column and the model name their labels, so that these are matched by name.</summary>
    internal virtual bool HasNamesOfBoth(DataViewSchema.Column label, LabelInfo trained) => false;

    /// <summary>
    /// Returns a reader that writes the current row's label into a span of <see cref="GetLabelWidth"/> numbers (for a trained model, as many as it has): a class's
    /// index, 0 / 1, or the number itself; NaN where there is none. With <paramref name="trained"/>, classes are matched
    /// with those of the model by name, and a class that the model does not know is <see cref="float.NegativeInfinity"/>.
    /// </summary>
    internal abstract LabelGetter CreateLabelGetter(DataViewRow row, DataViewSchema.Column label, LabelInfo? trained);

    /// <summary>Whether a number that the label getter gave is acceptable (NaN always is).</summary>
    internal abstract bool IsValid(float value);

    /// <summary>What training must know of the labels: taken from the column's annotations and all of its values. Where a teacher tells the rest, there may be labels of one class, or none.</summary>
    internal abstract LabelInfo Learn(DataViewSchema.Column label, ReadOnlySpan<float> values, int width, bool isTaught = false);

    /// <summary>What training that goes on from a model must learn of labels that the model's own training could not.</summary>
    internal virtual LabelInfo LearnMore(LabelInfo known, ReadOnlySpan<float> values, int width) => known;

    /// <summary>Per slot, what each label value (a class's index, or 0 and 1) weighs in the loss; null for all alike.</summary>
    /// <exception cref="ArgumentException">A weight is given for a class that the labels do not have.</exception>
    internal virtual float[][]? LearnValueWeights(LabelInfo info, ReadOnlySpan<float> values, int width) => null;

    /// <summary>The numbers of which the output layer's bias starts: the labels' mean or log-odds, each label as often as it weighs.</summary>
    internal abstract float[] GetInitialBias(LabelInfo info, ReadOnlySpan<float> values, int width, LabelWeights? weights = null);

    /// <summary>Whether what training learned of a label suits the task.</summary>
    internal virtual bool IsConsistent(LabelInfo info) => true;

    /// <summary>Brings label values in place to the scale on which the loss compares them with raw outputs.</summary>
    internal virtual void Standardize(Span<float> values, LabelInfo info)
    {
    }

    /// <summary>The name of the task's main figure, as <see cref="TaskMetrics.Values"/> has it.</summary>
    internal abstract string MetricName { get; }

    /// <summary>The names of all its figures, as <see cref="TaskMetrics.Values"/> has them.</summary>
    internal abstract IReadOnlyList<string> MetricNames { get; }

    /// <summary>A counter of the task's main figure, for training to follow it.</summary>
    internal abstract RunningMetric CreateMetric(LabelInfo info);

    /// <summary>Whether a label is one of several classes: targets are kept as 64-bit integers of shape [N], and a row's scores sum to 1.</summary>
    internal virtual bool HasIndexTargets => false;

    // ---- loss and scores

    /// <summary>The loss of each row against its label, shape [B].</summary>
    internal abstract torch.Tensor GetLabelLosses(torch.Tensor raw, TaskTargets targets);

    /// <summary>The loss of each row against another network's raw outputs, shape [B]: T² times the divergence of Kullback and Leibler from the other's softened distribution, or the squared difference of numbers.</summary>
    internal abstract torch.Tensor GetSoftLosses(torch.Tensor raw, torch.Tensor other, float temperature);

    /// <summary>Turns raw outputs [B, K] into scores [B, K], as far as that is done on tensors.</summary>
    internal abstract torch.Tensor Activate(torch.Tensor raw);

    /// <summary>Finishes scores [rows x K] in place: brings regression scores back into the label's unit.</summary>
    internal virtual void Complete(Span<float> scores, LabelInfo info)
    {
    }

    /// <summary>The probability that a score of a yes/no output means.</summary>
    internal virtual float ToProbability(float score) => score;

    /// <summary>The score of a yes/no output that means a probability.</summary>
    internal virtual float ToScore(double probability) => (float)probability;

    /// <summary>The score that stands for the mean of what several scores of one output say.</summary>
    internal virtual float GetMeanScore(ReadOnlySpan<float> scores) => TaskMath.GetMean(scores);

    /// <summary>How scores of other models become outputs of this task, and how far models agree.</summary>
    internal abstract ForeignScores ReadScores(LabelInfo info);

    // ---- output columns

    /// <summary>The output columns as a shape; equal to the schema of <see cref="GetOutputColumns"/>.</summary>
    internal abstract IEnumerable<SchemaShape.Column> GetOutputShape(SchemaShape.Column label);

    /// <summary>The output columns of a fitted model.</summary>
    internal abstract IReadOnlyList<OutputColumn> GetOutputColumns(LabelInfo info, uint scoreColumnSetId);

    /// <summary>Begins the evaluation of scored rows; the columns are those of this task.</summary>
    internal abstract TaskEvaluation CreateEvaluation(DataViewSchema schema, LabelSources sources);
}
