using System.Globalization;
using System.Text;
using MlNetMultiTask.Models;
using MlNetMultiTask.Networks;

namespace MlNetMultiTask;

/// <summary>
/// What a model is made of and what it costs: its layers with their shapes, its parameters, shared and of each task, its size in a file and the arithmetic of a row. Made by
/// <see cref="MultiTaskTransformer.Summary"/>; a copy, which stays when the model goes.
/// </summary>
/// <remarks>
/// A multiply-add is one multiplication with the addition behind it. Counted are those of products (a dense layer of n inputs and m outputs takes n · m), of convolutions (pixels of the output before pooling
/// · kernel · channels · filters; those at the edge as if whole), and of the mixing by gates and cross-stitch units. Not counted are what is as cheap as reading a number: biases, activations, normalisations,
/// pooling, residual sums, and the means of members. The count is that of a row for which all tasks are wanted; where columns of some tasks only are asked for, their heads alone are computed.
/// </remarks>
public sealed class ModelSummary
{
    private readonly IReadOnlyList<string> _tasks;

    private ModelSummary(IReadOnlyList<string> tasks, IEnumerable<NetworkLayer> layers, long sizeInBytes, IReadOnlyList<ModelSummary> members)
    {
        _tasks = tasks;
        Layers = [.. layers.Select(layer => new LayerSummary
        {
            Name = layer.Name,
            Kind = layer.Kind,
            InputShape = layer.Input,
            OutputShape = layer.Output,
            NumberOfParameters = layer.ParameterCount,
            MultiplyAddsPerRow = layer.MultiplyAdds,
            Task = layer.Task is { } task ? tasks[task] : null,
        })];
        var own = new OrderedDictionary<string, long>(StringComparer.Ordinal);
        foreach (string task in tasks)
        {
            own.Add(task, Layers.Where(layer => layer.Task == task).Sum(layer => layer.NumberOfParameters));
        }

        NumberOfParameters = Layers.Sum(layer => layer.NumberOfParameters);
        NumberOfParametersByTask = own;
        SizeInBytes = sizeInBytes;
        MultiplyAddsPerRow = Layers.All(layer => layer.MultiplyAddsPerRow is not null) ? Layers.Sum(layer => layer.MultiplyAddsPerRow) : null;
        Members = members;
    }

    /// <summary>The layers, from the features upwards, cross-stitch units behind all of them; of an ensemble or of groups of tasks, those of one member after the other, their names behind <c>member0/</c> and so on.</summary>
    public IReadOnlyList<LayerSummary> Layers { get; }

    /// <summary>The numbers of all layers, those included that training leaves alone (frozen layers of your own modules, units that are not learned); of an ensemble or of groups of tasks, those of all members.</summary>
    public long NumberOfParameters { get; }

    /// <summary>Those of them that serve several tasks. In the network of a single task, these are the layers that more tasks would share; among groups of tasks, the layers of a group of one are that task's own.</summary>
    public long NumberOfSharedParameters => NumberOfParameters - NumberOfParametersByTask.Values.Sum();

    /// <summary>Per task, in the tasks' order, the parameters that serve it alone.</summary>
    public IReadOnlyDictionary<string, long> NumberOfParametersByTask { get; }

    /// <summary>
    /// The size of the file that <c>mlContext.Model.Save(model, null, path)</c> writes, in bytes, exactly: packed weights, manifest and history. A chain around the model, the schema of the input, and the checksums of
    /// <c>SaveAtomically</c> come on top.
    /// </summary>
    public long SizeInBytes { get; }

    /// <summary>The multiply-adds for one row and all tasks, see the remarks above; null where a layer does not tell.</summary>
    public long? MultiplyAddsPerRow { get; }

    /// <summary>
    /// The summaries of an ensemble's members, or of groups of tasks; their parameters and multiply-adds add up to those above, and their sizes do not quite, since each file has a frame of its own. Empty for a single network, and for networks
    /// that were trained together: these are one network, whose layers say in their names which member's they are.
    /// </summary>
    public IReadOnlyList<ModelSummary> Members { get; }

    /// <summary>Returns a table for the console, a line for each layer, and the totals below; the same in every culture.</summary>
    /// <returns>Several lines.</returns>
    public override string ToString()
    {
        string[][] rows =
        [
            ["Layer", "Kind", "Input", "Output", "Parameters", "Multiply-adds", "Task"],
            .. Layers.Select(layer => new[]
            {
                layer.Name,
                layer.Kind,
                LayerSummary.Describe(layer.InputShape),
                LayerSummary.Describe(layer.OutputShape),
                Number(layer.NumberOfParameters),
                Number(layer.MultiplyAddsPerRow),
                layer.Task ?? "(shared)",
            }),
        ];
        int[] widths = [.. Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length))];
        var text = new StringBuilder();
        foreach (string[] row in rows)
        {
            // Numbers end at the same place; what may be as long as users like comes last.
            text.AppendJoin("  ", row.Select((cell, i) => i == row.Length - 1 ? cell : i is 4 or 5 ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i]))).AppendLine();
        }

        text.AppendLine();
        text.Append(CultureInfo.InvariantCulture, $"Parameters: {NumberOfParameters:N0}, of which {NumberOfSharedParameters:N0} shared");
        foreach (string task in _tasks)
        {
            text.Append(CultureInfo.InvariantCulture, $", {NumberOfParametersByTask[task]:N0} {task}");
        }

        return text.AppendLine()
            .AppendLine(CultureInfo.InvariantCulture, $"Size in a file: {SizeInBytes:N0} bytes")
            .Append(CultureInfo.InvariantCulture, $"Multiply-adds per row: {Number(MultiplyAddsPerRow)}")
            .ToString();
    }

    /// <summary>Sums up a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="sizeInBytes">The size of its file.</param>
    /// <param name="members">The summaries of an ensemble's members, or of groups of tasks.</param>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    internal static ModelSummary Create(Model model, long sizeInBytes, IReadOnlyList<ModelSummary> members) =>
        new([.. model.Tasks.Select(task => task.Name)], model.DescribeLayers(), sizeInBytes, members);

    private static string Number(long? number) => number?.ToString("N0", CultureInfo.InvariantCulture) ?? "?";
}
