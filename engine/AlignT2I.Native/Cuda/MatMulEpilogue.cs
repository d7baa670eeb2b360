namespace AlignT2I.Native;

/// <summary>What is done to a matrix product before it is written.</summary>
public enum MatMulEpilogue
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A bias per column is added.</summary>
    Bias,

    /// <summary>A bias per column is added, then GELU in its tanh approximation (the only one that cuBLASLt has).</summary>
    BiasGeluTanh,
}
