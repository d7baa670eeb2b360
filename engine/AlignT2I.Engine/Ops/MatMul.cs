namespace AlignT2I.Engine;

public static partial class Functional
{
    /// <summary>Matrix product op(a) op(b), of two matrices or of as many pairs of them as the first dimension says.</summary>
    /// <param name="a">[M, K] or [B, M, K]; with <paramref name="transposeA"/> [K, M] or [B, K, M].</param>
    /// <param name="b">[K, N] or [B, K, N]; with <paramref name="transposeB"/> [N, K] or [B, N, K].</param>
    /// <param name="transposeA">Read the matrices of <paramref name="a"/> transposed.</param>
    /// <param name="transposeB">Read the matrices of <paramref name="b"/> transposed.</param>
    /// <returns>[M, N] or [B, M, N], of the type of <paramref name="a"/>.</returns>
    /// <exception cref="ShapeException">A shape is not as above.</exception>
    /// <exception cref="DTypeException">The types differ, or the backend does not compute in them.</exception>
    public static Tensor MatMul(Tensor a, Tensor b, bool transposeA = false, bool transposeB = false)
    {
        int rank = a.Shape.Rank;
        Require.That(rank is 2 or 3, $"a has shape {a.Shape}; it needs 2 dimensions, or 3 for a batch");
        Require.Rank(b, rank);
        Require.SameDType(a, b);
        int m = a.Shape[transposeA ? ^1 : ^2], k = a.Shape[transposeA ? ^2 : ^1], n = b.Shape[transposeB ? ^2 : ^1];
        int inner = b.Shape[transposeB ? ^1 : ^2];
        Require.That(inner == k, $"the sum runs over {k} in a, of shape {a.Shape}, and over {inner} in b, of shape {b.Shape}");
        Require.That(rank == 2 || a.Shape[0] == b.Shape[0], $"a has shape {a.Shape}, b {b.Shape}; the first dimensions must be the same");

        Tensor c = Tensor.Empty(rank == 2 ? [m, n] : [a.Shape[0], m, n], a.DType, a.Backend);
        a.Backend.MatMul(a, transposeA, b, transposeB, c);
        if (Tape.Records(a, b))
            Tape.Push(new MatMulOp(a, b, transposeA, transposeB), c);
        return c;
    }
}

internal sealed class MatMulOp : Op
{
    readonly Tensor a, b;
    readonly bool transposeA, transposeB;

    public MatMulOp(Tensor a, Tensor b, bool transposeA, bool transposeB)
        : base(a, b)
    {
        (this.a, this.b) = (Save(a), Save(b));
        (this.transposeA, this.transposeB) = (transposeA, transposeB);
    }

    /// <summary>d op(A) = dC op(B)^T, d op(B) = op(A)^T dC; where an operand was read transposed, so is its gradient's product.</summary>
    protected internal override Tensor?[] Backward(Tensor dy)
    {
        Tensor? da = null, db = null;
        if (NeedsGrad(0))
        {
            da = Tensor.Empty(a.Shape, a.DType, a.Backend);
            if (transposeA)
                a.Backend.MatMul(b, transposeB, dy, true, da);
            else
                a.Backend.MatMul(dy, false, b, !transposeB, da);
        }

        if (NeedsGrad(1))
        {
            db = Tensor.Empty(b.Shape, b.DType, b.Backend);
            if (transposeB)
                b.Backend.MatMul(dy, true, a, transposeA, db);
            else
                b.Backend.MatMul(a, !transposeA, dy, false, db);
        }

        return [da, db];
    }
}
