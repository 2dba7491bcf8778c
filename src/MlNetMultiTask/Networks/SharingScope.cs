namespace MlNetMultiTask;

/// <summary>Which parameters soft parameter sharing keeps close to one another.</summary>
public enum SharingScope
{
    /// <summary>Those of the trunks: the layers below the heads.</summary>
    Trunk,

    /// <summary>Those of the trunks, and those of heads of equal shape, which are those with as many outputs.</summary>
    TrunkAndHeads,
}
