using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMultiTask.Tasks;

/// <summary>One column that a fitted model adds: its schema, and how its value is read from a buffer of scores.</summary>
/// <param name="Name">The column's name.</param>
/// <param name="Type">The column's type.</param>
/// <param name="Annotations">The column's annotations.</param>
/// <param name="CreateGetter">
/// Returns the column's <c>ValueGetter</c>, from the scores [rows x K] of its task and a function that tells the row of
/// that buffer on which the cursor stands.
/// </param>
internal sealed record OutputColumn(
    string Name,
    DataViewType Type,
    DataViewSchema.Annotations Annotations,
    Func<float[], Func<int>, Delegate> CreateGetter);
