using System.Text.Json;
using MlNetMultiTask.Networks;
using MlNetMultiTask.Persistence;

namespace MlNetMultiTask.Models;

/// <summary>The part of a manifest that names a module of the user's, with what its factory is told. It names no type of the runtime.</summary>
internal static class CustomModuleManifest
{
    private const string Module = "module";

    /// <summary>A dense layer of so many weights takes 400 MB; more are believed only where the file has as many.</summary>
    private const long MaximumProduct = 100_000_000;

    /// <summary>Writes the module, if there is one.</summary>
    public static void Write(Utf8JsonWriter json, CustomModule? module)
    {
        if (module is null)
        {
            return;
        }

        json.WriteStartObject(Module);
        json.WriteString("name", module.Name);
        json.WriteStartArray("settings");
        foreach ((string name, string value) in module.Settings)
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteString("value", value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="FormatException">Something is missing or can't be.</exception>
    public static CustomModule? Read(ManifestReader of)
    {
        if (of.GetOptionalObject(Module) is not { } module)
        {
            return null;
        }

        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (ManifestReader setting in module.GetObjects("settings"))
        {
            if (!settings.TryAdd(setting.GetString("name"), setting.GetString("value")))
            {
                throw module.Invalid("settings", "settings of different names");
            }
        }

        string name = module.GetString("name");
        return CustomModule.FindProblem(name) is null && CustomModule.FindProblem(settings) is null
            ? CustomModule.Create(name, settings)
            : throw module.Invalid("name", "a name, and settings, of usual lengths");
    }

    /// <summary>Checks the sizes that factories would be told, before any is called.</summary>
    /// <param name="description">The network.</param>
    /// <param name="stored">How many numbers the file has.</param>
    /// <exception cref="FormatException">They are beyond all reason.</exception>
    public static void RequireSizes(NetworkDescription description, long stored)
    {
        description.Module?.RequireSize(description.FeatureCount, "features", stored);
        description.Module?.RequireSize(description.OutputCounts.Sum(count => (long)count), "outputs", stored);
        if (description.Trunk is { Module: { } module } trunk)
        {
            module.RequireSize(description.FeatureCount, "features", stored);
            int width = TrunkKinds.GetOutputWidth(trunk, description.FeatureCount);
            module.RequireSize(width, "outputs", stored);
            if ((long)width * description.FeatureCount > Math.Max(MaximumProduct, stored))
            {
                throw new FormatException(FormattableString.Invariant($"The custom trunk '{module.Name}' would lead from {description.FeatureCount} features to {width} outputs, and the file holds {stored} numbers: the entries do not belong together."));
            }
        }

        foreach (NetworkDescription member in description.Members)
        {
            RequireSizes(member, stored);
        }
    }
}
