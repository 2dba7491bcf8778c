#pragma warning disable CA1812, CA1822, CA1823, CS0169, IDE0044, IDE0051 // samples of code, read and never run

namespace MlNetMultiTask.Tests.Architecture.Samples;

/// <summary>What the samples use, each in another way.</summary>
[AttributeUsage(AttributeTargets.All)]
internal class UsedAttribute : Attribute
{
    public static int Number => 1;
}

internal sealed class UsesInBaseType : UsedAttribute;

internal sealed class UsesInField
{
    private readonly UsedAttribute? _used;
}

internal abstract class UsesInSignature
{
    public abstract void Take(UsedAttribute used);
}

internal sealed class UsesInBody
{
    public int Get() => UsedAttribute.Number;
}

internal sealed class UsesInClosure
{
    public Func<int> Get(int more) => () => UsedAttribute.Number + more;
}

internal sealed class UsesInTypeArgument
{
    public object Make() => new List<Func<UsedAttribute?>>();
}

internal sealed class UsesInAttribute
{
    [Used]
    public void Nothing()
    {
    }
}

internal sealed class UsesInConstraint
{
    public void Nothing<T>()
        where T : UsedAttribute
    {
    }
}

internal sealed class UsesInNestedType
{
    private sealed class Nested
    {
        public UsedAttribute? Used { get; set; }
    }
}
