namespace MlNetMultiTask.Evaluation;

/// <summary>A relation as data; ML.NET takes the names of its columns from here.</summary>
internal sealed class TaskRelationRow(TaskRelation relation)
{
    public string From => relation.From;

    public string To => relation.To;

    public long RowCount => relation.RowCount;

    public double Overlap => relation.Overlap;

    public bool IsFunction => relation.IsFunction;

    public bool IsInjective => relation.IsInjective;

    public bool IsSurjective => relation.IsSurjective;

    public bool IsBijective => relation.IsBijective;

    public double FunctionExceptions => relation.FunctionExceptions;

    public double InjectionExceptions => relation.InjectionExceptions;

    public double SurjectionExceptions => relation.SurjectionExceptions;

    public double MutualInformation => relation.MutualInformation;

    public double NormalizedMutualInformation => relation.NormalizedMutualInformation;

    public double ChanceInformation => relation.ChanceInformation;

    public double ConditionalEntropy => relation.ConditionalEntropy;

    public double ExplainedShare => relation.ExplainedShare;

    public double Pearson => relation.Pearson;

    public double Spearman => relation.Spearman;

    public double CorrelationRatio => relation.CorrelationRatio;

    public double PValue => relation.PValue;

    public double AdjustedPValue => relation.AdjustedPValue;

    public bool IsFound => relation.IsFound;
}
