using System.Runtime.Intrinsics;

namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>Sixteen matrices in working memory, one for each product of a square.</summary>
/// <param name="Rows">Rows of a matrix.</param>
/// <param name="RowSize">Elements from a row to the next.</param>
internal readonly record struct WinogradLayout(int Rows, int RowSize)
{
    /// <summary>Elements from a matrix to the next: a vector more, for at powers of two they would share cache sets.</summary>
    public nint Matrix => (nint)Rows * RowSize + Vector512<float>.Count;

    /// <summary>Elements of all.</summary>
    public long Size => Winograd.Products * Matrix;

    /// <summary>Matrices whose rows hold whole vectors, and one more for the same reason.</summary>
    public static WinogradLayout Of(int rows, int columns) => new(rows, WholeVectors(columns) + Vector512<float>.Count);

    /// <summary>The least multiple of a vector's elements.</summary>
    public static int WholeVectors(int elements) => Lanes.Vectors<float>(elements) * Vector512<float>.Count;
}
