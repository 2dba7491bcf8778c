using Microsoft.ML.Runtime;

namespace MlNetMultiTask.Interop;

/// <summary>A transformer that ML.NET can load: what the seam needs to know of it.</summary>
internal interface IModelFile<TSelf>
    where TSelf : class
{
    /// <summary>How its files are recognised.</summary>
    static abstract ModelFileIdentity Identity { get; }

    /// <summary>Builds the transformer from its part of a model file.</summary>
    /// <exception cref="FormatException">The file is damaged or of an unknown version.</exception>
    static abstract TSelf Load(IHost host, ModelFileReader reader);
}
