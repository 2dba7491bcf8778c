using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using TorchSharp;

namespace MlNetMultiTask.Networks;

/// <summary>What makes modules of users, by name; for the whole process.</summary>
/// <param name="what">What is made, for messages.</param>
/// <param name="method">The method that registers it, for messages.</param>
internal sealed class FactoryRegistry<TRequest, TModule>(string what, string method)
    where TModule : torch.nn.Module
{
    private readonly ConcurrentDictionary<string, Func<TRequest, TModule>> _factories = new(StringComparer.Ordinal);

    /// <summary>The modules that were made and are still somewhere, and their parts: one that is made twice would be trained by two networks, and die with the first.</summary>
    private readonly ConditionalWeakTable<torch.nn.Module, object> _made = [];

    /// <exception cref="ArgumentException">The name is not valid, or another factory has it.</exception>
    public void Register(string name, Func<TRequest, TModule> factory)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(factory);
        if (CustomModule.FindProblem(name) is { } problem)
        {
            throw new ArgumentException($"The name of a custom {what} {problem}.", nameof(name));
        }

        if (!_factories.GetOrAdd(name, factory).Equals(factory))
        {
            throw new ArgumentException($"The name '{name}' is registered with another factory of a custom {what} already; register each name once per process, or give this one another name.", nameof(name));
        }
    }

    /// <summary>What is wrong with a name that is not registered, and the remedy; null where it is registered.</summary>
    public string? FindProblem(string name)
    {
        if (_factories.ContainsKey(name))
        {
            return null;
        }

        string[] others = [.. _factories.Keys.Order(StringComparer.Ordinal).Select(other => $"'{other}'").Take(10)];
        return $"The custom {what} '{name}' is not registered in this process: call MultiTaskNetworks.{method}(\"{name}\", ...) once per process, before a model with it is trained or loaded."
            + (others.Length > 0 ? $" Registered are {string.Join(", ", others)}." : "");
    }

    /// <exception cref="FormatException">The name is unknown, or its factory failed.</exception>
    public TModule Create(string name, TRequest request)
    {
        if (!_factories.TryGetValue(name, out Func<TRequest, TModule>? factory))
        {
            throw new FormatException(FindProblem(name));
        }

        TModule? module;
        try
        {
            module = factory(request);
        }
        catch (Exception e)
        {
            throw new FormatException($"The factory of the custom {what} '{name}' failed: {CustomModule.GetFirstLine(e)}", e);
        }

        return module is null
            ? throw new FormatException($"The factory of the custom {what} '{name}' returned null; it must return a module.")
            : module.modules().Append(module).Distinct(ReferenceEqualityComparer.Instance).Cast<torch.nn.Module>().Any(part => !_made.TryAdd(part, this))
                ? throw new FormatException($"The factory of the custom {what} '{name}' returned a module, or one with a part, that it has returned before; it must make new ones at each call. Copy the numbers of layers that are trained elsewhere.")
                : module;
    }
}
