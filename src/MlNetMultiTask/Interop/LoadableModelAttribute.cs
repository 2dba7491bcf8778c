using Microsoft.ML;

namespace MlNetMultiTask.Interop;

/// <summary>
/// Announces a transformer to ML.NET's catalog of loadable components. ML.NET reads it when a model file names this
/// assembly, so users have nothing to register.
/// </summary>
[AttributeUsage(AttributeTargets.Assembly, AllowMultiple = true)]
internal sealed class LoadableModelAttribute<TTransformer>(string loaderSignature)
    : LoadableClassAttributeBase(null, typeof(TTransformer), typeof(ModelFileLoader<TTransformer>), null, [typeof(SignatureLoadModel)], loaderSignature, loaderSignature)
    where TTransformer : class, ITransformer, IModelFile<TTransformer>;
