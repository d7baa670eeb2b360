namespace AlignT2I.Engine;

/// <summary>A function of single elements that a matrix product or a convolution applies to its result.</summary>
public enum Activation
{
    /// <summary>The result as it is.</summary>
    None,

    /// <inheritdoc cref="Functional.Silu"/>
    Silu,

    /// <inheritdoc cref="Functional.Gelu"/>
    Gelu,

    /// <inheritdoc cref="Functional.GeluTanh"/>
    GeluTanh,

    /// <inheritdoc cref="Functional.QuickGelu"/>
    QuickGelu,

    /// <inheritdoc cref="Functional.Relu"/>
    Relu,
}
