using AlignT2I.Native;

namespace AlignT2I.Engine.Backends.Cuda;

internal sealed partial class CudaBackend
{
    internal override void MatMul(Tensor a, bool transposeA, Tensor b, bool transposeB, Tensor c)
    {
        int batch = c.Shape.Rank == 3 ? c.Shape[0] : 1;
        int inner = a.Shape[transposeA ? ^2 : ^1];
        Product(new(c.Shape[^2], c.Shape[^1], inner, transposeA, transposeB, Native(a), Native(c)) { Batch = batch }, a, b, default, c);
    }

    internal override void LinearForward(Tensor x, Tensor weight, Epilogue epilogue, Tensor y) =>
        Product(new(Rows(y), weight.Shape[0], weight.Shape[1], false, true, Native(x), Native(y)), x, weight, epilogue, y);

    internal override void LinearBackwardData(Tensor dy, Tensor weight, Tensor dx) =>
        Product(new(Rows(dx), weight.Shape[1], weight.Shape[0], false, false, Native(dy), Native(dx)), dy, weight, default, dx);

    internal override void LinearBackwardWeight(Tensor x, Tensor dy, Tensor dweight) =>
        Product(new(dweight.Shape[0], dweight.Shape[1], Rows(x), true, false, Native(x), Native(dweight)), dy, x, default, dweight);

    /// <summary>c = epilogue(op(a) op(b)): bias, residual and the GELU that the library has by the library, the rest after it.</summary>
    void Product(MatMulKey key, Tensor a, Tensor b, Epilogue epilogue, Tensor c)
    {
        if (c.Count == 0)
            return;
        if (key.Inner == 0)
        {
            Fill(c, 0);
            Finish(epilogue, c);
            return;
        }

        bool gelu = products.FusesGelu && epilogue is { Bias: not null, SampleBias: null, Activation: Activation.GeluTanh };
        key = key with
        {
            Epilogue = gelu ? MatMulEpilogue.BiasGeluTanh : epilogue.Bias is null ? MatMulEpilogue.None : MatMulEpilogue.Bias,
            Residual = epilogue.Residual is not null,
            TensorFloat32 = options.TensorFloat32,
        };
        products.Run(key, new MatMulOperands(P(a), P(b), P(c)) { Bias = P(epilogue.Bias), Residual = P(epilogue.Residual) });
        Finish(new(null, epilogue.SampleBias, null, gelu ? Activation.None : epilogue.Activation), c);
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
