namespace AlignT2I.Native;

/// <summary>Everything that changes the plan of c = epilogue(alpha * op(a) op(b) + beta * residual). Matrices are row-major.</summary>
/// <param name="Rows">M: rows of op(a) and c, at least 1.</param>
/// <param name="Columns">N: columns of op(b) and c, at least 1.</param>
/// <param name="Inner">K: columns of op(a), rows of op(b), at least 1.</param>
/// <param name="TransposeA">a is stored [K, M] rather than [M, K].</param>
/// <param name="TransposeB">b is stored [N, K] rather than [K, N].</param>
/// <param name="Type">Type of a and b.</param>
/// <param name="ResultType">Type of c, residual and bias: that of a and b, or float32.</param>
public readonly record struct MatMulKey(
    int Rows, int Columns, int Inner, bool TransposeA, bool TransposeB, NativeType Type, NativeType ResultType)
{
    /// <summary>Number of products.</summary>
    public int Batch { get; init; } = 1;

    /// <summary>Elements from a row of the stored a to the next.</summary>
    public long LeadingA { get; init; } = TransposeA ? Rows : Inner;

    /// <summary>Elements from a row of the stored b to the next.</summary>
    public long LeadingB { get; init; } = TransposeB ? Inner : Columns;

    /// <summary>Elements from a row of c, and of the residual, to the next.</summary>
    public long LeadingC { get; init; } = Columns;

    /// <summary>Elements from one a to the next of the batch; 0 where all products share one.</summary>
    public long StrideA { get; init; } = (long)Rows * Inner;

    /// <summary>Elements from one b to the next of the batch; 0 where all products share one.</summary>
    public long StrideB { get; init; } = (long)Inner * Columns;

    /// <summary>Elements from one c, and one residual, to the next of the batch.</summary>
    public long StrideC { get; init; } = (long)Rows * Columns;

    /// <summary>What is done to the product; the bias is [Columns].</summary>
    public MatMulEpilogue Epilogue { get; init; }

    /// <summary>Whether beta * residual is added before the epilogue; the residual may be c itself.</summary>
    public bool Residual { get; init; }

    /// <summary>Float32 operands may be rounded to TensorFloat-32 (10 bits of mantissa) for the tensor cores.</summary>
    public bool TensorFloat32 { get; init; }

    /// <summary>Largest power of two up to 256 that divides every operand's address in bytes.</summary>
    public int Alignment { get; init; } = 256;
}
