using System.Reflection;

namespace MlNetMultiTask.Tasks;

/// <summary>Calls generic static methods for a type that is known at run time only: ML.NET's columns are read by their raw types.</summary>
internal static class TypedCall
{
    /// <summary>Calls a method for a type. What it throws comes out as it is, not wrapped by reflection.</summary>
    public static T Invoke<T>(MethodInfo definition, Type type, params object?[] arguments) =>
        (T)definition.MakeGenericMethod(type).Invoke(null, BindingFlags.DoNotWrapExceptions, null, arguments, null)!;
}
