namespace MlNetMultiTask;

/// <summary>Which gradients of the tasks are compared and balanced.</summary>
public enum BalancedGradients
{
    /// <summary>
    /// <see cref="OfParameters"/>, unless the gradients of all tasks together are more than 2²⁴ numbers (64 MiB), as with many tasks or a very large first layer, and the network has a last shared
    /// representation: then <see cref="OfRepresentation"/>.
    /// </summary>
    Automatic = 0,

    /// <summary>The gradients with respect to all shared parameters, as the papers have it. It costs a backward pass through the shared layers for each task.</summary>
    OfParameters = 1,

    /// <summary>
    /// The gradients with respect to the last shared representation, number by number of each row of the batch; the balanced one goes through the shared layers once (Sener, Koltun 2018, "MGDA-UB"; Liu et
    /// al. 2021). It costs hardly more than the sum. What is combined are still the tasks' gradients, but with other weights: tasks that pull at different rows do not conflict here, and those that pull at one representation do
    /// although the layers below might not mind.
    /// </summary>
    OfRepresentation = 2,
}
