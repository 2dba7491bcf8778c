using Microsoft.ML;
using MlNetMultiTask.Scoring;
using MlNetMultiTask.Tasks;

namespace MlNetMultiTask;

/// <summary>
/// A fitted model from which others learn: one of this library (a network, an ensemble, fitted here or loaded from a file), or any other of ML.NET, whose columns of scores are named for each task.
/// It is not owned: whoever made it disposes it, after the student has been trained.
/// </summary>
public sealed class Teacher
{
    private readonly Dictionary<string, string> _columns;
    private readonly Dictionary<string, TeacherScores> _scores;

    private Teacher(ITransformer transformer, MultiTaskTransformer? model, Dictionary<string, string> columns, Dictionary<string, TeacherScores> scores)
    {
        Transformer = transformer;
        Model = model;
        _columns = columns;
        _scores = scores;
    }

    /// <summary>The tasks that the teacher knows.</summary>
    public IReadOnlyCollection<string> TaskNames => _columns.Keys;

    /// <summary>What is asked.</summary>
    internal ITransformer Transformer { get; }

    /// <summary>The model of this library inside of it; null where columns were named.</summary>
    internal MultiTaskTransformer? Model { get; }

    /// <summary>A teacher of this library, which knows its tasks by itself.</summary>
    /// <param name="transformer">A <see cref="MultiTaskTransformer"/>, or a chain that holds exactly one. A chain needs the columns that it begins with in the data that reach the student's trainer.</param>
    /// <returns>The teacher.</returns>
    /// <exception cref="ArgumentException">There is no multi-task model, or more than one.</exception>
    public static Teacher From(ITransformer transformer)
    {
        IReadOnlyList<MultiTaskTransformer> found = TransformerSearch.FindAll(transformer);
        return found.Count == 1
            ? new Teacher(transformer, found[0], found[0].Tasks.ToDictionary(task => task.Name, task => task.ScoreColumnName, StringComparer.Ordinal), [])
            : throw new ArgumentException($"The transformer holds {found.Count} multi-task models; a teacher has one. Name the score columns of any other model: Teacher.From(model, (\"Species\", \"Score\"), ...).", nameof(transformer));
    }

    /// <summary>Any fitted model as a teacher.</summary>
    /// <param name="transformer">The model: a chain of several trainers, say. It must keep the rows as they are.</param>
    /// <param name="columns">
    /// For each task that the teacher knows, the column in which its Transform puts the scores: a vector of <see cref="float"/> with the classes' or labels' names (multiclass, multilabel), a
    /// probability or log-odds (binary), or a number or vector of numbers in the label's unit (regression). What the numbers mean is found out (<see cref="TeacherScores.Automatic"/>), or told by <see cref="WithScores"/>.
    /// </param>
    /// <returns>The teacher.</returns>
    /// <exception cref="ArgumentException">No column is named, or a task twice.</exception>
    public static Teacher From(ITransformer transformer, params (string Task, string ScoreColumn)[] columns)
    {
        ArgumentNullException.ThrowIfNull(transformer);
        ArgumentNullException.ThrowIfNull(columns);
        if (columns.Length == 0)
        {
            return From(transformer);
        }

        var byTask = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach ((string task, string column) in columns)
        {
            TaskArguments.Text(task, nameof(columns));
            TaskArguments.Text(column, nameof(columns));
            if (!byTask.TryAdd(task, column))
            {
                throw new ArgumentException($"Two score columns are named for the task '{task}': '{byTask[task]}' and '{column}'.", nameof(columns));
            }
        }

        return new Teacher(transformer, null, byTask, []);
    }

    /// <summary>The same teacher, with word of what the numbers in one of its score columns mean.</summary>
    /// <param name="task">The task's name.</param>
    /// <param name="kind">What the numbers mean.</param>
    /// <returns>The teacher; this one stays as it is.</returns>
    /// <exception cref="ArgumentException">The teacher does not know the task, or the kind is none.</exception>
    public Teacher WithScores(string task, TeacherScores kind)
    {
        ArgumentNullException.ThrowIfNull(task);
        if (!_columns.ContainsKey(task))
        {
            throw new ArgumentException($"The teacher does not know the task '{task}'; it knows {TaskColumns.Describe(TaskNames)}.", nameof(task));
        }

        return Enum.IsDefined(kind)
            ? new Teacher(Transformer, Model, _columns, new Dictionary<string, TeacherScores>(_scores, StringComparer.Ordinal) { [task] = kind })
            : throw new ArgumentException($"{kind} is none of the meanings that scores can have.", nameof(kind));
    }

    /// <summary>Returns the tasks and their columns.</summary>
    /// <returns>For example <c>Teacher: Species from 'Species.Score'</c>.</returns>
    public override string ToString() => $"{nameof(Teacher)}: {string.Join(", ", _columns.Select(column => $"{column.Key} from '{column.Value}'"))}";

    /// <summary>What is said where the teacher has been disposed before its student was trained.</summary>
    internal static ObjectDisposedException Gone(ObjectDisposedException cause) => new("The teacher has been disposed; it is needed until its student has been trained.", cause);

    /// <summary>Whether the teacher has something to say of a task.</summary>
    internal bool Knows(PredictionTask task) => _columns.ContainsKey(task.Name);

    /// <summary>The column of a task's scores.</summary>
    internal string GetColumnName(PredictionTask task) => _columns[task.Name];

    /// <summary>Why the teacher can't teach these tasks, as the end of a sentence; null where it can.</summary>
    internal string? FindProblem(IReadOnlyList<PredictionTask> tasks)
    {
        string Theirs() => $"it knows {TaskColumns.Describe(TaskNames)}, and the student's are {TaskColumns.Describe(tasks.Select(task => task.Name))}";

        return !tasks.Any(Knows) ? $"knows none of the student's tasks: {Theirs()}; tasks are matched by name"
            : Model is null ? TaskNames.Except(tasks.Select(task => task.Name)).FirstOrDefault() is { } stranger ? $"has a score column for the task '{stranger}', which the student does not have: {Theirs()}" : null
            : Model.Tasks.Join(tasks, task => task.Name, task => task.Name, (theirs, ours) => (theirs, ours)).FirstOrDefault(pair => pair.theirs.Kind != pair.ours.Kind) is { theirs: { } other, ours: { } own }
                ? $"predicts {other}, which is for the student {own}; tasks of one name must be of one kind"
            : null;
    }

    /// <summary>The teacher's view of data.</summary>
    /// <exception cref="ArgumentException">It can't be asked about these data.</exception>
    /// <exception cref="ObjectDisposedException">It has been disposed.</exception>
    internal IDataView Ask(IDataView data)
    {
        try
        {
            return Transformer.Transform(data);
        }
        catch (ObjectDisposedException e)
        {
            throw Gone(e);
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            throw new ArgumentException(
                $"The teacher can't be asked about the data: {e.Message} A chain as teacher needs the columns that it begins with in the data that reach the student's trainer, which have {TaskColumns.Describe(data.Schema)}. "
                + "Keep them there, or give the multi-task model alone: Teacher.From(mlContext.MultiTask.Find(chain)).",
                e);
        }
    }

    /// <summary>The column of a task's scores in the teacher's view.</summary>
    /// <param name="task">The task, which the teacher knows.</param>
    /// <param name="schema">The schema of the teacher's view.</param>
    /// <param name="data">The schema of the data that it was asked about.</param>
    internal ScoreColumn FindColumn(PredictionTask task, DataViewSchema schema, DataViewSchema data)
    {
        string name = _columns[task.Name];
        DataViewSchema.Column column = schema.GetColumnOrNull(name)
            ?? throw new ArgumentException($"The teacher gives no column '{name}' for the task '{task.Name}'; it gives {TaskColumns.Describe(schema)}.");
        return new ScoreColumn(schema, column, _scores.GetValueOrDefault(task.Name), Model is not null, data.GetColumnOrNull(task.LabelColumnName));
    }
}
