using TorchSharp;
using TorchSharp.Modules;

namespace MlNetMultiTask.Networks;

/// <summary>Holds a module of the user's inside a network: builds it, checks what it is and does, and says in whose code an error was.</summary>
internal sealed class CustomModuleHost<TModule>
    where TModule : torch.nn.Module
{
    private const string ModuleName = "module";

    private readonly torch.nn.Module _owner;
    private readonly bool _hasBuffers;
    private ModuleWatch _watch = new();

    /// <param name="name">What messages call it, for example <c>The custom trunk 'mine'</c>.</param>
    /// <param name="owner">Of what the module becomes a part.</param>
    /// <param name="create">Makes the module.</param>
    /// <exception cref="FormatException">The factory failed, or the module has parameters or buffers that can't be.</exception>
    public CustomModuleHost(string name, torch.nn.Module owner, Func<TModule> create)
    {
        Name = name;
        _owner = owner;
        using (torch.NewDisposeScope())
        {
            // Only what is registered is kept of what the factory made: nobody knows of the rest.
            Module = create();
            owner.register_module(ModuleName, Module);
            NetworkTensors.Keep(owner, tensor => tensor.MoveToOuterDisposeScope());
        }

        NumberCount = NetworkTensors.Get(Module).Sum(entry => entry.Tensor.numel());
        try
        {
            CustomModuleBudget.Spend(name, NumberCount);
            CheckTensors();
        }
        catch
        {
            Module.Dispose();
            throw;
        }

        Parameters = [.. Module.parameters().Where(parameter => parameter.requires_grad).Distinct(ReferenceEqualityComparer.Instance).Cast<Parameter>()];
        _hasBuffers = NetworkTensors.GetBuffers(Module).Count > 0;
    }

    /// <summary>What messages call it.</summary>
    public string Name { get; }

    public TModule Module { get; }

    /// <summary>All parameters that are trained, in the module's order.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>The number of numbers that a file keeps of it.</summary>
    public long NumberCount { get; }

    /// <summary>Computes a batch with it.</summary>
    /// <exception cref="InvalidOperationException">The module failed.</exception>
    public TResult Compute<TResult>(torch.Tensor features, Func<TModule, TResult> compute)
    {
        bool isLoneRow = Module.training && features.shape[0] == 1;
        try
        {
            TResult result = compute(Module) ?? throw new InvalidOperationException("It returned null.");
            if (isLoneRow && _hasBuffers)
            {
                RequireFiniteBuffers();
            }

            return result;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new InvalidOperationException(
                $"{Name} failed on features [{string.Join(", ", features.shape)}]{(Module.training ? " in training" : "")}: {CustomModule.GetFirstLine(e)}"
                + (isLoneRow ? " Where rows are normalised over a batch, choose a BatchSize that leaves no batch of one row." : ""),
                e);
        }
    }

    /// <summary>Tries it, as it is used for scoring, on one row and on several.</summary>
    /// <param name="featureCount">The number of features.</param>
    /// <param name="forward">Computes a batch, and checks what comes out.</param>
    /// <exception cref="FormatException">It failed, or what comes out is not what it should be.</exception>
    public void Probe(int featureCount, Action<torch.Tensor> forward)
    {
        using IDisposable scope = torch.NewDisposeScope();
        using IDisposable noGradient = torch.no_grad();
        Module.eval();
        torch.Tensor several = torch.linspace(-1, 1, 3L * featureCount, dtype: torch.float32, device: torch.CPU).view(3, featureCount);
        torch.Tensor copy = several.clone();
        try
        {
            _watch = ModuleWatch.Run(Module, () => forward(torch.zeros(1, featureCount, dtype: torch.float32, device: torch.CPU)));
            forward(several);
            if (several.IsInvalid || !several.eq(copy).all().item<bool>())
            {
                throw new InvalidOperationException($"{Name} changes or disposes the features that it is given, which other parts of the network read too: work on a copy (no methods that end in _).");
            }

            if (Module.parameters().Count(parameter => parameter.requires_grad) != Parameters.Count)
            {
                throw new InvalidOperationException($"{Name} makes parameters when it is first used, which would not be trained: make all of them in its constructor.");
            }
        }
        catch (InvalidOperationException e)
        {
            throw new FormatException(e.Message, e.InnerException ?? e);
        }

        Module.train();
    }

    /// <summary>Checks an output of a batch, and brings its numbers into their order.</summary>
    /// <param name="output">The output.</param>
    /// <param name="what">What it is, for the message.</param>
    /// <param name="rows">The number of rows of the batch.</param>
    /// <param name="width">The width that it should have; null for any.</param>
    /// <exception cref="InvalidOperationException">The output has another shape or type.</exception>
    public torch.Tensor Check(torch.Tensor output, string what, long rows, long? width)
    {
        long[] shape = output.shape;
        bool fits = shape.Length == 2 && shape[0] == rows && (width is null || shape[1] == width);
        return !fits
            ? throw new InvalidOperationException(FormattableString.Invariant(
                $"{Name} gives {what} of shape [{string.Join(", ", shape)}] for {rows} rows; it must be [{rows}, {width?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "H"}]."))
            : output.dtype != torch.ScalarType.Float32
                ? throw new InvalidOperationException($"{Name} gives {what} of type {output.dtype}; it must be Float32.")
                : output.contiguous();
    }

    /// <summary>Checks that training can act on outputs.</summary>
    /// <exception cref="InvalidOperationException">There are parameters to train, and none has a part in any output.</exception>
    public void RequireGradient(params IEnumerable<torch.Tensor> outputs)
    {
        if (Module.training && torch.is_grad_enabled() && Parameters.Count > 0 && !outputs.Any(output => output.requires_grad))
        {
            throw new InvalidOperationException($"{Name} gives outputs in training that do not depend on its parameters: look for detach(), no_grad() or copies through arrays in its forward.");
        }
    }

    /// <summary>Gives the module its first values, where it wants them; others have those of their factory.</summary>
    public void Initialize(IRandomSource random)
    {
        if (Module is not ISeededModule seeded)
        {
            return;
        }

        // 16 bits of each number, which is spread evenly from -1 to 1.
        float[] numbers = new float[4];
        random.FillUniform(numbers, 1);
        ulong seed = numbers.Aggregate(0UL, (bits, number) => (bits << 16) | (uint)Math.Clamp((int)((number + 1) * 32768), 0, ushort.MaxValue));
        using IDisposable scope = torch.NewDisposeScope();
        using IDisposable noGradient = torch.no_grad();
        using var generator = new torch.Generator(seed, torch.CPU);
        try
        {
            seeded.Initialize(generator);
        }
        catch (Exception e)
        {
            throw new InvalidOperationException($"{Name} failed to initialize: {CustomModule.GetFirstLine(e)}", e);
        }
    }

    /// <summary>The parts that have parameters of their own.</summary>
    /// <param name="name">What their names begin with.</param>
    /// <param name="getTask">The task that a parameter serves alone; null where several share it.</param>
    public IEnumerable<NetworkLayer> DescribeLayers(string name, Func<Parameter, int?> getTask)
    {
        var seen = new HashSet<Parameter>(ReferenceEqualityComparer.Instance);
        foreach ((string path, torch.nn.Module part) in _owner.named_modules())
        {
            Parameter[] own = [.. part.named_parameters(false).Select(parameter => parameter.parameter).Where(seen.Add)];
            if (own.Length > 0)
            {
                int?[] tasks = [.. own.Select(getTask).Distinct()];
                (long[] input, long[] output, long? multiplyAdds) = _watch.Find(part);
                yield return new NetworkLayer(
                    name + path[ModuleName.Length..].Replace('.', '/'), part.GetType().Name, input, output, own.Sum(parameter => parameter.numel()), multiplyAdds, tasks.Length == 1 ? tasks[0] : null);
            }
        }
    }

    /// <summary>The deviation of one row is no number, and would be in a running mean for ever.</summary>
    private void RequireFiniteBuffers()
    {
        foreach ((string path, torch.Tensor buffer) in NetworkTensors.GetBuffers(Module))
        {
            if (Array.Exists(NetworkTensors.Read(path, buffer), value => !float.IsFinite(value)))
            {
                throw new InvalidOperationException($"Its buffer '{path}' is no longer a finite number.");
            }
        }
    }

    private void CheckTensors()
    {
        foreach ((string path, Parameter parameter) in Module.named_parameters())
        {
            if (parameter.dtype != torch.ScalarType.Float32 || parameter.device_type != DeviceType.CPU)
            {
                throw new FormatException($"{Name} has the parameter '{path}' of type {parameter.dtype} on {parameter.device}; parameters must be Float32 on the CPU: make them so, or convert the module in its factory.");
            }
        }

        foreach ((string path, torch.Tensor buffer) in NetworkTensors.GetBuffers(Module))
        {
            CheckBuffer(path, buffer);
        }
    }

    private void CheckBuffer(string path, torch.Tensor buffer)
    {
        const string Remedy = "A buffer that need not be saved is registered with persistent: false.";
        float[] values;
        try
        {
            values = NetworkTensors.Read(path, buffer);
        }
        catch (InvalidOperationException e)
        {
            throw new FormatException($"{Name}: {e.Message} {Remedy}", e);
        }

        if (Array.FindIndex(values, value => !float.IsFinite(value)) is >= 0 and int index)
        {
            throw new FormatException(FormattableString.Invariant($"{Name} has the buffer '{path}', which holds {values[index]}; a model file keeps finite numbers. {Remedy}"));
        }
    }
}
