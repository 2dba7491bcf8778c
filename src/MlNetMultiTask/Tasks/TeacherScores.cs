namespace MlNetMultiTask;

/// <summary>What the numbers in a teacher's score column mean. For a regression it makes no difference: they are in the label's unit.</summary>
public enum TeacherScores
{
    /// <summary>
    /// Found out. A model of this library tells. Of another model's yes/no, a column that is annotated as probability is one; where it is not, the probability that belongs to the same
    /// predictions (ML.NET's <c>ScoreColumnSetId</c>) is taken instead, since raw scores are no log-odds. Anything else is judged by its first rows, 4,096 or (with very many classes) fewer: numbers from 0 to 1, which for classes
    /// sum to 1 in each row, are probabilities; numbers beyond are log-odds. A later row that contradicts is an error.
    /// </summary>
    Automatic,

    /// <summary>Probabilities from 0 to 1. Those of classes are divided by their sum.</summary>
    Probabilities,

    /// <summary>The logarithm of odds (yes/no, labels of a set), or of probabilities up to a constant (classes): what a softmax takes.</summary>
    LogOdds,
}
