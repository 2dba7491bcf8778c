namespace MlNetMultiTask.Data;

/// <summary>
/// Fills the targets of a batch: from labels, or with what a teacher or peers say of its rows. Sources are asked in
/// their order; the first gives the labels, later ones may add soft targets, hidden targets and row weights.
/// </summary>
internal interface ITargetSource : IDisposable
{
    void Fill(Batch batch);
}
