using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetMultiTask.Scoring;

/// <summary>Scores single rows.</summary>
internal sealed class RowMapper(SchemaBinding binding) : IRowToRowMapper
{
    public DataViewSchema InputSchema => binding.InputSchema;

    /// <summary>The same instance each time: ML.NET compares schemas by reference.</summary>
    public DataViewSchema OutputSchema => binding.OutputSchema;

    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns) =>
        binding.GetDependencies(dependingColumns);

    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
    {
        ArgumentNullException.ThrowIfNull(input);
        return ReferenceEquals(input.Schema, binding.InputSchema)
            ? new ScoredRow(binding, input, [.. activeColumns])
            : throw new ArgumentException("The row's schema is another than the one this mapper was made for.", nameof(input));
    }
}
