using System.Diagnostics.CodeAnalysis;
using Microsoft.ML;
using MlNetMultiTask.Collaboration;
using MlNetMultiTask.Evaluation;
using MlNetMultiTask.Persistence;
using MlNetMultiTask.Scoring;
using MlNetMultiTask.Training;

namespace MlNetMultiTask;

/// <summary>Trainers and tools for learning several tasks with one model.</summary>
/// <remarks>In C# it is <c>mlContext.MultiTask</c>; languages without extension properties construct it.</remarks>
public sealed class MultiTaskCatalog
{
    private readonly MLContext _mlContext;

    /// <summary>Creates the catalog.</summary>
    /// <param name="mlContext">The context; its seed decides all random numbers.</param>
    public MultiTaskCatalog(MLContext mlContext)
    {
        ArgumentNullException.ThrowIfNull(mlContext);
        _mlContext = mlContext;
        Trainers = new MultiTaskTrainers(mlContext);
    }

    /// <summary>The trainers.</summary>
    public MultiTaskTrainers Trainers { get; }

    /// <summary>Evaluates scored data, task by task. Rows are scored once, for all tasks; where keys were made of a column of another name, it and the keys are read once more, to tell unknown classes from missing labels.</summary>
    /// <param name="data">Data with the labels, and with the output columns of a model.</param>
    /// <param name="tasks">The tasks to evaluate: those of the trainer, or <see cref="MultiTaskTransformer.Tasks"/>.</param>
    /// <returns>The metrics. Rows without a label for a task are left out of that task's metrics, and counted.</returns>
    /// <exception cref="ArgumentException">A label or output column is missing, or of a wrong type.</exception>
    public MultiTaskMetrics Evaluate(IDataView data, IReadOnlyList<PredictionTask> tasks) =>
        Evaluator.Evaluate(_mlContext, data, tasks);

    /// <summary>Measures how well a pipeline predicts rows that it has not learned from: fits it on all folds but one, evaluates it on that one, and so on.</summary>
    /// <param name="data">The data, as they reach the pipeline. They are read several times, in the same order each time: cache what is slow to read.</param>
    /// <param name="estimator">The pipeline: whatever learns from training rows belongs into it, also normalisation, so that no fold is known before it is measured.</param>
    /// <param name="tasks">The tasks to evaluate: those of the trainer.</param>
    /// <param name="numberOfFolds">The number of folds; 2 or more.</param>
    /// <param name="samplingKeyColumnName">The column of which rows of the same value stay in the same fold; null for none.</param>
    /// <returns>The figures of each task and fold; dispose it for the models that it keeps.</returns>
    /// <exception cref="ArgumentException">A column is missing or of a wrong type, or there are fewer rows than folds.</exception>
    public CrossValidationResult CrossValidate(IDataView data, IEstimator<ITransformer> estimator, IReadOnlyList<PredictionTask> tasks, int numberOfFolds = 5, string? samplingKeyColumnName = null) =>
        CrossValidate(data, estimator, tasks, new CrossValidationOptions { NumberOfFolds = numberOfFolds, SamplingKeyColumnName = samplingKeyColumnName });

    /// <summary>Measures how well a pipeline predicts rows that it has not learned from, with options.</summary>
    /// <param name="data">The data, as they reach the pipeline. They are read several times, in the same order each time: cache what is slow to read.</param>
    /// <param name="estimator">The pipeline: whatever learns from training rows belongs into it, also normalisation, so that no fold is known before it is measured.</param>
    /// <param name="tasks">The tasks to evaluate: those of the trainer.</param>
    /// <param name="options">The folds, what stays of them, progress and cancellation.</param>
    /// <returns>The figures of each task and fold; dispose it for the models that it keeps.</returns>
    /// <exception cref="ArgumentException">An option is not valid, a column is missing or of a wrong type, or there are fewer rows than folds.</exception>
    /// <exception cref="OperationCanceledException">The options' token was cancelled.</exception>
    public CrossValidationResult CrossValidate(IDataView data, IEstimator<ITransformer> estimator, IReadOnlyList<PredictionTask> tasks, CrossValidationOptions options)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(estimator);
        ArgumentNullException.ThrowIfNull(tasks);
        ArgumentNullException.ThrowIfNull(options);
        return CrossValidator.Run(_mlContext, data, estimator, tasks, options);
    }

    /// <summary>
    /// Tells whether learning tasks together helps each of them, or hurts (negative transfer): trains the multi-task trainer, and for each task a network that learns it alone, with the same options, budget and seeds, on the same
    /// repeated folds, and compares them task by task.
    /// </summary>
    /// <param name="data">The data, as they reach the preprocessing. They are read several times, in the same order each time: cache what is slow to read.</param>
    /// <param name="preprocessing">What makes the features and the labels; fitted anew on each fold's training rows, so that no test row is known before it is measured. Null for none.</param>
    /// <param name="trainer">The multi-task trainer: any of this library. Its checkpoints and its progress are left alone.</param>
    /// <param name="options">Repeats and folds, metrics, the margin of equivalence, baselines, label efficiency, progress and cancellation; null for the defaults.</param>
    /// <returns>The figures, intervals and verdicts. The rows of a fold, preprocessed, are kept in memory while it is measured.</returns>
    /// <exception cref="ArgumentException">The trainer has one task or an initial model, an option is not valid, a column is missing or of a wrong type, or there are fewer rows than folds.</exception>
    /// <exception cref="InvalidOperationException">A training failed; the message says which, in which fold, and why.</exception>
    /// <exception cref="OperationCanceledException">The options' token or the trainer's was cancelled.</exception>
    public SingleTaskComparison CompareWithSingleTask(IDataView data, IEstimator<ITransformer>? preprocessing, MultiTaskTrainer trainer, SingleTaskComparisonOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(trainer);
        return SingleTaskComparer.Run(_mlContext, data, preprocessing, trainer, options ?? new SingleTaskComparisonOptions());
    }

    /// <summary>
    /// Tells which tasks should be trained together: trains the trainer, with three seeds unless told otherwise, looks how its tasks get on with one another (<see cref="MeasureAffinity"/>), and finds the groups of tasks that help one another most, one for each of
    /// a given number of networks. <c>Trainers.TaskGroups(trainer, grouping.Groups)</c> trains them.
    /// </summary>
    /// <param name="data">The data, as they reach the preprocessing.</param>
    /// <param name="preprocessing">What makes the features and the labels; null for none.</param>
    /// <param name="trainer">The trainer of all tasks: one network, or several that learn together, with parameters that tasks share.</param>
    /// <param name="numberOfNetworks">How many groups; from 1 to the number of tasks.</param>
    /// <param name="options">By what groups are chosen, and whether it is measured what they are worth; null for the defaults.</param>
    /// <returns>The groups, what they are predicted to be worth, on request what they are, and the best groups for any other number of networks.</returns>
    /// <exception cref="ArgumentException">The number is out of range, an option is not valid, a column is missing or of a wrong type, or the trainer's tasks share nothing.</exception>
    /// <exception cref="InvalidOperationException">A training failed; the message says which, and why.</exception>
    /// <exception cref="OperationCanceledException">A token of the options or the trainer's was cancelled.</exception>
    public TaskGrouping SuggestGroups(IDataView data, IEstimator<ITransformer>? preprocessing, MultiTaskTrainer trainer, int numberOfNetworks, TaskGroupingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(trainer);
        return GroupSuggester.Run(_mlContext, data, preprocessing, trainer, numberOfNetworks, options ?? new TaskGroupingOptions(), groups => Trainers.TaskGroups(trainer, groups));
    }

    /// <summary>
    /// Tells how the labels of tasks map onto one another: which determines which, how much information they share and whether that is more than chance, which rows have which labels, and what
    /// should be known before training. Needs neither features nor a model, and reads nothing but the labels, once.
    /// </summary>
    /// <param name="data">Data with the labels, as they reach a trainer.</param>
    /// <param name="tasks">The tasks.</param>
    /// <param name="options">How numbers are put into bins, what counts as an exception, and what as chance; null for the defaults.</param>
    /// <returns>The analysis. A pair of labels is compared over the rows that have both.</returns>
    /// <exception cref="ArgumentException">There is no task or no row, an option is not valid, or a label column is missing, of a wrong type, or holds invalid values.</exception>
    /// <exception cref="OperationCanceledException">The options' token was cancelled.</exception>
    public TaskAnalysis AnalyzeTasks(IDataView data, IReadOnlyList<PredictionTask> tasks, TaskAnalysisOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(tasks);
        return TaskAnalyzer.Analyze(_mlContext, data, tasks, options ?? new TaskAnalysisOptions());
    }

    /// <summary>
    /// Measures how tasks get on with one another in training: what a step for one does to the losses of the others, whether their gradients agree, and how similar the networks are that learn one of them
    /// each. The trainer is trained once for each seed, and so is a network for each task alone; all of them are disposed.
    /// </summary>
    /// <param name="data">The data, as they reach the preprocessing. They are read once for each training: cache what is slow to read.</param>
    /// <param name="preprocessing">What makes features and labels of the data; null where the trainer can read them as they are.</param>
    /// <param name="trainer">The trainer. Its network must have parameters that tasks share. Of an ensemble, and of networks that learn from one another, each network counts.</param>
    /// <param name="options">How much is measured, progress and cancellation; null for the defaults.</param>
    /// <returns>The affinities.</returns>
    /// <exception cref="ArgumentException">An option is not valid, a column is missing or of a wrong type, or the trainer's network has no shared parameters.</exception>
    /// <exception cref="InvalidOperationException">A training failed; the message says which, and why.</exception>
    /// <exception cref="OperationCanceledException">The options' token or the trainer's was cancelled.</exception>
    [SuppressMessage("Performance", "CA1822:Mark members as static", Justification = "Catalogs are used through an MLContext.")]
    public TaskAffinity MeasureAffinity(IDataView data, IEstimator<ITransformer>? preprocessing, MultiTaskTrainer trainer, TaskAffinityOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(trainer);
        return AffinityMeter.Run(data, preprocessing, trainer, options ?? new TaskAffinityOptions());
    }

    /// <summary>
    /// Measures what a distillation was worth: the agreement of student and teacher, the metrics of both, the size of both in numbers and bytes, and how fast they score. Asks the teacher
    /// several times.
    /// </summary>
    /// <param name="data">The rows to measure on, as they reach the student's trainer; best such as neither has learned from. Without labels there are no metrics.</param>
    /// <param name="teacher">The teacher.</param>
    /// <param name="student">The student.</param>
    /// <param name="withoutTeacher">The same student, trained without a teacher: what the teacher is worth; null for none.</param>
    /// <param name="numberOfThreads">The threads that torch uses inside one operation while this measures; null for the process's setting. Small networks are fastest with 1, above all on a busy machine.</param>
    /// <returns>The report.</returns>
    /// <exception cref="ArgumentException">The teacher knows none of the student's tasks, or a model does not suit the data.</exception>
    /// <exception cref="ObjectDisposedException">One of the models has been disposed.</exception>
    /// <exception cref="InvalidOperationException">A training in this process runs with another number of threads.</exception>
    public FidelityReport MeasureFidelity(IDataView data, Teacher teacher, MultiTaskTransformer student, MultiTaskTransformer? withoutTeacher = null, int? numberOfThreads = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(teacher);
        ArgumentNullException.ThrowIfNull(student);
        if (teacher.FindProblem(student.Tasks) is { } problem)
        {
            throw new ArgumentException($"The teacher {problem}.", nameof(teacher));
        }

        if (numberOfThreads < 1)
        {
            throw new ArgumentOutOfRangeException(nameof(numberOfThreads), numberOfThreads, "The number of threads must be 1 or more, or null.");
        }

        using IDisposable threads = TorchThreads.Use(numberOfThreads);
        bool[] compared = [.. student.Tasks.Select(teacher.Knows)];
        PredictionTask[] labelled = [.. student.Tasks.Where(task => data.Schema.GetColumnOrNull(task.LabelColumnName) is not null)];
        IReadOnlyList<TaskFidelity> fidelity = FidelityMeter.Measure(teacher, student, compared, data, null, _ => { }, CancellationToken.None);
        PredictionTask[] taught = [.. labelled.Where(teacher.Knows)];
        AnsweredModel? answers = taught.Length == 0 ? null : AnsweredModel.Ask(teacher, taught, [.. taught.Select(task => student.Model.Labels[student.Tasks.Index().First(own => own.Item == task).Index])], data);
        MultiTaskMetrics? Evaluated(MultiTaskTransformer? model, IReadOnlyList<PredictionTask> tasks) => model is null || tasks.Count == 0 ? null : Evaluate(model.Transform(data), tasks);

        return new FidelityReport([.. student.Tasks.Select(task => (task.Name, task.MetricName))])
        {
            Tasks = fidelity,
            TeacherMetrics = answers is null ? null : Evaluated(new MultiTaskTransformer(_mlContext, answers), answers.Tasks),
            StudentMetrics = Evaluated(student, labelled),
            WithoutTeacherMetrics = Evaluated(withoutTeacher, labelled),
            TeacherCost = ModelCostMeter.Measure(_mlContext, teacher.Transformer, teacher.Model, data, student.Tasks.Where(teacher.Knows).Select(teacher.GetColumnName)),
            StudentCost = ModelCostMeter.Measure(_mlContext, student, student, data, student.Tasks.Select(task => task.ScoreColumnName)),
        };
    }

    /// <summary>
    /// Saves a model as <c>mlContext.Model.Save</c> does, whole or not at all. ML.NET's own method empties an older file first,
    /// so that a failure or a crash leaves nothing; this one writes beside it, checks what it wrote, flushes, and then moves.
    /// It adds the checksums of all parts, by which <see cref="Load(string, out DataViewSchema)"/> knows a file that is not whole; ML.NET's own method loads it as well.
    /// </summary>
    /// <param name="model">The model: any transformer or chain.</param>
    /// <param name="inputSchema">The schema of the data that the model transforms; null if unknown.</param>
    /// <param name="filePath">The file; replaced if it exists, with the same permissions. Of a link, the target is replaced.</param>
    /// <exception cref="IOException">The file can't be written, or what is there is no file; an older file is left as it was.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder does not allow to write.</exception>
    public void SaveAtomically(ITransformer model, DataViewSchema? inputSchema, string filePath)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrWhiteSpace(filePath);
        AtomicFile.Write(filePath, stream =>
        {
            _mlContext.Model.Save(model, inputSchema, stream);
            ArchiveSeal.Add(stream);
        });
    }

    /// <summary>
    /// Loads a model as <c>mlContext.Model.Load</c> does, after checking the file as a whole: every entry against the archive's checksums, and against
    /// one another if <see cref="SaveAtomically"/> wrote them. ML.NET's own method checks none of it; only the parts that this library wrote defend themselves.
    /// </summary>
    /// <param name="filePath">The file: any model of ML.NET.</param>
    /// <param name="inputSchema">The schema that was saved with the model; null if none was.</param>
    /// <returns>The model; dispose it when nothing scores with it any more.</returns>
    /// <exception cref="FormatException">The file is damaged, was put together from several, or is no model. The message says what and where.</exception>
    /// <exception cref="IOException">The file can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read, or is a folder.</exception>
    public ITransformer Load(string filePath, out DataViewSchema? inputSchema)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(filePath);
        using FileStream stream = File.OpenRead(filePath);
        return ModelLoading.Load(_mlContext, stream, $"The model file '{filePath}'", out inputSchema);
    }

    /// <summary>Loads a model from a stream, checked like a file.</summary>
    /// <param name="stream">A readable and seekable stream that holds the model and nothing else; it stays open.</param>
    /// <param name="inputSchema">The schema that was saved with the model; null if none was.</param>
    /// <returns>The model; dispose it when nothing scores with it any more.</returns>
    /// <exception cref="ArgumentException">The stream can't be read or positioned.</exception>
    /// <exception cref="FormatException">The model is damaged, was put together from several, or is none. The message says what and where.</exception>
    public ITransformer Load(Stream stream, out DataViewSchema? inputSchema)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return stream.CanRead && stream.CanSeek
            ? ModelLoading.Load(_mlContext, stream, "The model", out inputSchema)
            : throw new ArgumentException("A model is loaded from a stream that can be read and positioned; copy this one into a MemoryStream first.", nameof(stream));
    }

    /// <summary>Finds the multi-task model inside a transformer, for example in a chain that was loaded from a file.</summary>
    /// <param name="transformer">A <see cref="MultiTaskTransformer"/>, or a chain that holds exactly one, at any depth.</param>
    /// <returns>The model; it stays owned by the chain.</returns>
    /// <exception cref="ArgumentException">There is none, or more than one.</exception>
    [SuppressMessage("Performance", "CA1822:Mark members as static", Justification = "Catalogs are used through an MLContext.")]
    public MultiTaskTransformer Find(ITransformer transformer)
    {
        IReadOnlyList<MultiTaskTransformer> found = TransformerSearch.FindAll(transformer);
        return found.Count == 1
            ? found[0]
            : throw new ArgumentException($"The transformer holds {found.Count} multi-task models; Find needs exactly one.", nameof(transformer));
    }
}
