namespace AlignT2I.Native;

/// <summary>Device pointers and factors of one matrix product.</summary>
/// <param name="A">a.</param>
/// <param name="B">b.</param>
/// <param name="C">c, written.</param>
public readonly record struct MatMulOperands(nint A, nint B, nint C)
{
    /// <summary>Bias [Columns], where the epilogue has one.</summary>
    public nint Bias { get; init; }

    /// <summary>What is added, where the plan has a residual.</summary>
    public nint Residual { get; init; }

    /// <summary>Factor of the product.</summary>
    public float Alpha { get; init; } = 1;

    /// <summary>Factor of the residual.</summary>
    public float Beta { get; init; } = 1;
}
