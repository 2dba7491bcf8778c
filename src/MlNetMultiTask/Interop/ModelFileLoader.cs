using System.Diagnostics.CodeAnalysis;
using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace MlNetMultiTask.Interop;

/// <summary>What ML.NET calls to load a transformer: it looks for a static method Create with this very signature.</summary>
internal static class ModelFileLoader<TTransformer>
    where TTransformer : class, ITransformer, IModelFile<TTransformer>
{
    [SuppressMessage("CodeQuality", "IDE0051:Remove unused private members", Justification = "ML.NET calls it by reflection.")]
    private static TTransformer Create(IHostEnvironment env, ModelLoadContext ctx)
    {
        MlNetInternals.Check();
        ctx.CheckAtModel(ModelFileWriter.GetVersionInfo<TTransformer>());
        IHost host = env.Register(TTransformer.Identity.LoaderSignature);
        try
        {
            return TTransformer.Load(host, new ModelFileReader(ctx));
        }
        catch (Exception e) when (e is EndOfStreamException or IOException or OverflowException)
        {
            // ML.NET wraps what a loader throws. Without an inner exception, GetBaseException() is this very message.
            throw new FormatException("The multi-task model in this file is damaged or incomplete: " + e.Message);
        }
    }
}
