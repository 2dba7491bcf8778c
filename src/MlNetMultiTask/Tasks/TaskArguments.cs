namespace MlNetMultiTask.Tasks;

/// <summary>Checks of the arguments that all kinds of tasks have in common.</summary>
internal static class TaskArguments
{
    public static string Text(string value, string parameterName)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(value, parameterName);
        return value;
    }

    public static string? OptionalText(string? value, string parameterName) =>
        value is null ? null : Text(value, parameterName);

    public static float Share(float value, string parameterName) =>
        value is >= 0 and < 1
            ? value
            : throw new ArgumentOutOfRangeException(parameterName, value, $"{parameterName} is {FormattableString.Invariant($"{value}")}; it must be from 0 to below 1.");

    public static float NonNegative(float value, string parameterName) =>
        float.IsFinite(value) && value >= 0
            ? value
            : throw new ArgumentOutOfRangeException(parameterName, value, $"{parameterName} is {FormattableString.Invariant($"{value}")}; it must be 0 or more, and finite.");
}
