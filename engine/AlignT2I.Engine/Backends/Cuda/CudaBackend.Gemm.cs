using AlignT2I.Native;

namespace AlignT2I.Engine.Backends.Cuda;

internal sealed partial class CudaBackend
{
    internal override void MatMul(Tensor a, bool transposeA, Tensor b, bool transposeB, Tensor c)
    {
        int batch = c.Shape.Rank == 3 ? c.Shape[0] : 1;
        int inner = a.Shape[transposeA ? ^2 : ^1];
        Product(new(c.Shape[^2], c.Shape[^1], inner, transposeA, transposeB, Native(a), Native(c)) { Batch = batch }, a, b, null, c);
    }

    internal override void LinearForward(Tensor x, Tensor weight, Epilogue epilogue, Tensor y)
    {
        Product(new(Rows(y), weight.Shape[0], weight.Shape[1], false, true, Native(x), Native(y)), x, weight, epilogue.Bias, y);
        Finish(epilogue with { Bias = null }, y);
    }

    internal override void LinearBackwardData(Tensor dy, Tensor weight, Tensor dx) =>
        Product(new(Rows(dx), weight.Shape[1], weight.Shape[0], false, false, Native(dy), Native(dx)), dy, weight, null, dx);

    internal override void LinearBackwardWeight(Tensor x, Tensor dy, Tensor dweight) =>
        Product(new(dweight.Shape[0], dweight.Shape[1], Rows(x), true, false, Native(x), Native(dweight)), dy, x, null, dweight);

    void Product(MatMulKey key, Tensor a, Tensor b, Tensor? bias, Tensor c)
    {
        if (c.Count == 0)
            return;
        if (key.Inner == 0)
        {
            Fill(c, 0);
            if (bias is not null)
                AddBroadcast(c, bias, 1, c);
            return;
        }

        key = key with
        {
            Epilogue = bias is null ? MatMulEpilogue.None : MatMulEpilogue.Bias,
            TensorFloat32 = options.TensorFloat32,
        };
        products.Run(key, new MatMulOperands(P(a), P(b), P(c)) { Bias = P(bias) });
    }

    static NativeType Native(Tensor x) => x.DType switch
    {
        DType.F32 => NativeType.Float32,
        DType.BF16 => NativeType.BFloat16,
        DType.F16 => NativeType.Float16,
        _ => throw new DTypeException($"a CUDA device multiplies F32, BF16 and F16, not {x.DType}; convert with F.Cast."),
    };

    /// <summary>Rows of a tensor seen as a matrix of its last dimension.</summary>
    static int Rows(Tensor x) => x.Shape[^1] == 0 ? 0 : checked((int)(x.Count / x.Shape[^1]));
}
