namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>One call of a micro-kernel: C tile = sum over k of a column of A times a row of B.</summary>
/// <remarks>
/// The sum runs over <see cref="Runs"/> stretches of <see cref="Length"/> steps. Step j of stretch r reads, of each row i of A, element
/// A[RowsA[i] + RunsA[r] + j * StrideA], and of B the vectors from B[RunsB[r] + j * StrideB]. So one kernel serves packed and unpacked
/// matrices, transposed or not, and a convolution that reads its image in place.
/// </remarks>
internal unsafe struct Tile<T> where T : unmanaged
{
    public T* A;
    public nint* RowsA;
    public nint* RunsA;
    public nint StrideA;
    public T* B;
    public nint* RunsB;
    public nint StrideB;
    public int Runs;
    public int Length;

    /// <summary>First element of the result; rows are <see cref="StrideC"/> apart.</summary>
    public T* C;
    public nint StrideC;

    /// <summary>Whether the product is added to C; otherwise it replaces it.</summary>
    public bool Accumulate;
}
