using MlNetMultiTask.Balancing;

namespace MlNetMultiTask;

/// <content>
/// The methods on gradients. They weigh the tasks' gradients of what the tasks share (<see cref="MultiTaskTrainerOptions.BalancedGradients"/>), and leave the heads alone. The Gramian G holds the inner products of
/// these gradients; K tasks take part in a step.
/// </content>
public abstract partial class TaskBalancing
{
    /// <summary>
    /// Follows the shortest convex combination of the gradients: min wᵀGw with w ≥ 0, Σw = 1 (Désidéri 2012; Sener, Koltun 2018). Tasks with small gradients count most, and training stands where no
    /// direction serves all.
    /// </summary>
    /// <returns>The method.</returns>
    public static TaskBalancing MGDA() => new MGDABalancing();

    /// <summary>Projects each gradient, in random order, onto the planes at right angles to the gradients that it opposes, and adds them up (Yu et al. 2020). Without conflict it is the sum.</summary>
    /// <returns>The method.</returns>
    public static TaskBalancing PCGrad() => new PCGradBalancing();

    /// <summary>Brings gradients to the cosines that they usually have, where theirs are less, and adds them up (Wang et al. 2021). The usual cosines are running means, from 0.</summary>
    /// <param name="decay">β, what the newest cosine weighs in its mean; above 0, and 1 at most. The default is 0.01.</param>
    /// <returns>The method.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The decay is outside its range.</exception>
    public static TaskBalancing GradVac(double decay = 0.01) => new GradVacBalancing(decay);

    /// <summary>Of the directions within c times its length of the mean gradient, follows the one along which the worst task gains most (Liu et al. 2021).</summary>
    /// <param name="c">How far it may be from the mean, 0 or more; 0 is the mean. The default is 0.5.</param>
    /// <returns>The method.</returns>
    /// <exception cref="ArgumentOutOfRangeException">c is negative or not finite.</exception>
    public static TaskBalancing CAGrad(double c = 0.5) => new CAGradBalancing(c);

    /// <summary>Follows the combination, Σw = 1, that has the same projection on every task's unit gradient (Liu et al. 2021, IMTL-G): w ∝ G⁺ √diag(G). Weights may be negative, and with three tasks or more of very
    /// different gradients the combination may, by this definition, oppose all of them. Where there is none, it is the mean.</summary>
    /// <returns>The method.</returns>
    public static TaskBalancing ImtlG() => new ImtlGBalancing();

    /// <summary>Follows the combination that tasks would bargain for: Gw = 1 / w with w &gt; 0 (Navon et al. 2022). The scale of a loss does not matter.</summary>
    /// <param name="maximumNorm">The norm to which the combined gradient, whose own norm is √K, is cut; above 0, or null for none. The default is 1.</param>
    /// <returns>The method.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The norm is not above 0.</exception>
    public static TaskBalancing NashMTL(double? maximumNorm = 1) => new NashMTLBalancing(maximumNorm);

    /// <summary>Follows the combination that is α-fair to the tasks: Gw = w^(−1/α) with w &gt; 0 (Ban, Ji 2024).</summary>
    /// <param name="alpha">α, above 0: the larger, the more the worst-off task counts. The default is 1, proportional fairness.</param>
    /// <returns>The method.</returns>
    /// <exception cref="ArgumentOutOfRangeException">α is not above 0.</exception>
    public static TaskBalancing FairGrad(double alpha = 1) => new FairGradBalancing(alpha);

    /// <summary>Replaces the gradients by the nearest orthogonal ones of equal length, and follows their mean (Senushkin et al. 2023). Where gradients are nearly parallel, steps become small.</summary>
    /// <returns>The method.</returns>
    public static TaskBalancing AlignedMTL() => new AlignedMTLBalancing();

    /// <summary>Projects each gradient onto the directions along which no loss grows, and follows their mean (Quinton, Rey 2024). Without conflict it is the mean.</summary>
    /// <returns>The method.</returns>
    public static TaskBalancing UPGrad() => new UPGradBalancing();

    /// <summary>Projects the mean gradient onto the directions along which no loss grows (Lopez-Paz, Ranzato 2017). Without conflict it is the mean.</summary>
    /// <returns>The method.</returns>
    public static TaskBalancing DualProj() => new DualProjBalancing();
}
