namespace MlNetMultiTask.Interop;

/// <summary>How ML.NET recognises a saved component.</summary>
/// <param name="ModelSignature">Exactly eight characters.</param>
/// <param name="LoaderSignature">The name under which the loader is found; 24 characters at most.</param>
/// <param name="Version">The version that is written.</param>
/// <param name="ReadableFrom">The oldest reader that still understands what is written.</param>
/// <param name="ReadsBackTo">The oldest version that this reader understands.</param>
internal sealed record ModelFileIdentity(string ModelSignature, string LoaderSignature, uint Version, uint ReadableFrom, uint ReadsBackTo);
