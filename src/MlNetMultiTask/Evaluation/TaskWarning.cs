namespace MlNetMultiTask;

/// <summary>Something about the labels of tasks that one should know before training.</summary>
public sealed class TaskWarning
{
    internal TaskWarning(TaskWarningKind kind, string text, params IReadOnlyList<string> names)
    {
        Kind = kind;
        Text = text;
        Names = names;
    }

    /// <summary>What it is about.</summary>
    public TaskWarningKind Kind { get; }

    /// <summary>What was found, and what follows from it, in a sentence or two.</summary>
    public string Text { get; }

    /// <summary>The names of the labels that it is about, as in <see cref="LabelSummary.Name"/>, or of their tasks; the one that determines comes first.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Returns the kind and the text.</summary>
    /// <returns>A line.</returns>
    public override string ToString() => $"{Kind}: {Text}";
}
