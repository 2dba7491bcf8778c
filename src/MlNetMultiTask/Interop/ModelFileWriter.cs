using Microsoft.ML;

namespace MlNetMultiTask.Interop;

/// <summary>Writes a transformer's part of a model file.</summary>
internal static class ModelFileWriter
{
    public static void Write<TTransformer>(ModelSaveContext context, byte[] header, IEnumerable<KeyValuePair<string, byte[]>> entries)
        where TTransformer : class, ITransformer, IModelFile<TTransformer>
    {
        MlNetInternals.Check();
        WriteChecked<TTransformer>(context, header, entries);
    }

    internal static VersionInfo GetVersionInfo<TTransformer>()
        where TTransformer : class, IModelFile<TTransformer>
    {
        ModelFileIdentity identity = TTransformer.Identity;
        return new VersionInfo(
            modelSignature: identity.ModelSignature,
            verWrittenCur: identity.Version,
            verReadableCur: identity.ReadableFrom,
            verWeCanReadBack: identity.ReadsBackTo,
            loaderSignature: identity.LoaderSignature,

            // The simple name: with the full one, an older build would refuse the files of a newer one.
            loaderAssemblyName: typeof(TTransformer).Assembly.GetName().Name);
    }

    /// <summary>Apart, so that the check runs before the runtime resolves the internal members.</summary>
    private static void WriteChecked<TTransformer>(ModelSaveContext context, byte[] header, IEnumerable<KeyValuePair<string, byte[]>> entries)
        where TTransformer : class, ITransformer, IModelFile<TTransformer>
    {
        context.CheckAtModel();
        context.SetVersionInfo(GetVersionInfo<TTransformer>());
        context.Writer.Write(header);
        foreach ((string name, byte[] content) in entries)
        {
            context.SaveBinaryStream(name, writer => writer.Write(content));
        }
    }
}
