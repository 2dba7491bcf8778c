namespace MlNetMultiTask.Networks;

/// <summary>
/// How many numbers the modules of users may have that are made for a network from a file. Nobody knows before they are made; so the first that has more than the file holds is the last
/// that is made. On the thread that builds the network.
/// </summary>
internal sealed class CustomModuleBudget : IDisposable
{
    [ThreadStatic]
    private static CustomModuleBudget? _current;

    private readonly CustomModuleBudget? _outer = _current;
    private readonly long _numbers;
    private long _rest;

    private CustomModuleBudget(long numbers) => (_numbers, _rest) = (numbers, numbers);

    /// <summary>Begins to count.</summary>
    /// <param name="numbers">How many numbers the file has for modules of users.</param>
    public static IDisposable Begin(long numbers) => _current = new CustomModuleBudget(numbers);

    /// <summary>Counts a module that has been made.</summary>
    /// <exception cref="FormatException">The modules together have more numbers than the file.</exception>
    public static void Spend(string name, long numbers)
    {
        if (_current is { } current && (current._rest -= numbers) < 0)
        {
            throw new FormatException(FormattableString.Invariant($"{name} has more numbers than the model's weights, which hold {current._numbers} for modules of its kind: the entries do not belong together."));
        }
    }

    public void Dispose() => _current = _outer;
}
