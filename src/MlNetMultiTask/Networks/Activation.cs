namespace MlNetMultiTask;

/// <summary>The function behind each hidden layer.</summary>
public enum Activation
{
    /// <summary>max(0, x) (Nair and Hinton 2010).</summary>
    ReLU,

    /// <summary>x Φ(x), with the normal distribution's Φ (Hendrycks and Gimpel 2016).</summary>
    GELU,

    /// <summary>x σ(x), also called swish (Elfwing, Uchibe, Doya 2018).</summary>
    SiLU,

    /// <summary>The hyperbolic tangent.</summary>
    Tanh,

    /// <summary>x above 0, and 0.01 x below (Maas, Hannun, Ng 2013).</summary>
    LeakyReLU,
}
