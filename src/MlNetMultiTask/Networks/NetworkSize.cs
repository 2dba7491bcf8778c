namespace MlNetMultiTask.Networks;

/// <summary>How large a network is, known before it is built: a file that lies shall not decide how much memory is taken.</summary>
/// <param name="Numbers">The number of its parameters.</param>
/// <param name="Tensors">The number of tensors that hold them.</param>
internal readonly record struct NetworkSize(long Numbers, long Tensors)
{
    /// <exception cref="OverflowException">The sum is beyond all bounds.</exception>
    public static NetworkSize operator +(NetworkSize one, NetworkSize other) => checked(new(one.Numbers + other.Numbers, one.Tensors + other.Tensors));

    /// <exception cref="OverflowException">The product is beyond all bounds.</exception>
    public static NetworkSize operator *(long count, NetworkSize size) => checked(new(count * size.Numbers, count * size.Tensors));
}
