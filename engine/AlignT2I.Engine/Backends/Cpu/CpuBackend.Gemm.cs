using System.Numerics;

namespace AlignT2I.Engine.Backends.Cpu;

internal sealed unsafe partial class CpuBackend
{
    internal override void MatMul(Tensor a, bool transposeA, Tensor b, bool transposeB, Tensor c)
    {
        using HalfOperands operands = new();
        (a, b, c) = (operands.Read(a), operands.Read(b), operands.Write(c));
        switch (c.DType)
        {
            case DType.F32: MatMul<float>(a, transposeA, b, transposeB, c); break;
            case DType.F64: MatMul<double>(a, transposeA, b, transposeB, c); break;
            default: throw NotSupported(c.DType);
        }
    }

    internal override void LinearForward(Tensor x, Tensor weight, Epilogue epilogue, Tensor y)
    {
        using HalfOperands operands = new();
        (x, weight, epilogue, y) = (operands.Read(x), operands.Read(weight), operands.Read(epilogue), operands.Write(y));
        switch (y.DType)
        {
            case DType.F32: LinearForward<float>(x, weight, epilogue, y); break;
            case DType.F64: LinearForward<double>(x, weight, epilogue, y); break;
            default: throw NotSupported(y.DType);
        }
    }

    internal override void LinearBackwardData(Tensor dy, Tensor weight, Tensor dx)
    {
        using HalfOperands operands = new();
        (dy, weight, dx) = (operands.Read(dy), operands.Read(weight), operands.Write(dx));
        switch (dx.DType)
        {
            case DType.F32: LinearBackwardData<float>(dy, weight, dx); break;
            case DType.F64: LinearBackwardData<double>(dy, weight, dx); break;
            default: throw NotSupported(dx.DType);
        }
    }

    internal override void LinearBackwardWeight(Tensor x, Tensor dy, Tensor dweight)
    {
        using HalfOperands operands = new();
        (x, dy, dweight) = (operands.Read(x), operands.Read(dy), operands.Write(dweight));
        switch (dweight.DType)
        {
            case DType.F32: LinearBackwardWeight<float>(x, dy, dweight); break;
            case DType.F64: LinearBackwardWeight<double>(x, dy, dweight); break;
            default: throw NotSupported(dweight.DType);
        }
    }

    internal override void BiasBackward(Tensor dy, Tensor dbias)
    {
        using HalfOperands operands = new();
        (dy, dbias) = (operands.Read(dy), operands.Write(dbias));
        int channels = dy.Shape[^1];
        long rows = Rows(dy);
        switch (dbias.DType)
        {
            case DType.F32: ColumnSums<float>.Compute(dy.Pointer<float>(), rows, channels, dbias.Pointer<float>()); break;
            case DType.F64: ColumnSums<double>.Compute(dy.Pointer<double>(), rows, channels, dbias.Pointer<double>()); break;
            default: throw NotSupported(dbias.DType);
        }
    }

    static void MatMul<T>(Tensor a, bool transposeA, Tensor b, bool transposeB, Tensor c) where T : unmanaged, INumberBase<T>
    {
        int batch = c.Shape.Rank == 3 ? c.Shape[0] : 1, m = c.Shape[^2], n = c.Shape[^1], k = a.Shape[transposeA ? ^2 : ^1];
        Gemm<T>.MultiplyBatch(
            batch, transposeA, transposeB, m, n, k, a.Pointer<T>(), a.Shape[^1], (nint)m * k, b.Pointer<T>(), b.Shape[^1], (nint)k * n,
            c.Pointer<T>(), n, (nint)m * n);
    }

    void LinearForward<T>(Tensor x, Tensor weight, Epilogue epilogue, Tensor y) where T : unmanaged, INumberBase<T>
    {
        int m = (int)Rows(y), n = weight.Shape[0], k = weight.Shape[1];
        using PackedCopy packed = Packed<T>(weight, Gemm<T>.WeightLayout(m, n, k, transposed: true));
        Gemm<T>.Multiply(
            false, true, m, n, k, x.Pointer<T>(), k, weight.ReadPointer<T>(), k, y.Pointer<T>(), n,
            epilogue: EpilogueKernel<T>.Of(epilogue, y), packedB: (T*)packed.Pointer);
    }

    void LinearBackwardData<T>(Tensor dy, Tensor weight, Tensor dx) where T : unmanaged, INumberBase<T>
    {
        int m = (int)Rows(dx), k = weight.Shape[0], n = weight.Shape[1];
        using PackedCopy packed = Packed<T>(weight, Gemm<T>.WeightLayout(m, n, k, transposed: false));
        Gemm<T>.Multiply(
            false, false, m, n, k, dy.Pointer<T>(), k, weight.ReadPointer<T>(), n, dx.Pointer<T>(), n, packedB: (T*)packed.Pointer);
    }

    static void LinearBackwardWeight<T>(Tensor x, Tensor dy, Tensor dweight) where T : unmanaged, INumberBase<T>
    {
        int m = dweight.Shape[0], n = dweight.Shape[1];
        Gemm<T>.Multiply(true, false, m, n, (int)Rows(x), dy.Pointer<T>(), m, x.Pointer<T>(), n, dweight.Pointer<T>(), n);
    }

    /// <summary>Rows of a tensor seen as a matrix of its last dimension.</summary>
    static long Rows(Tensor x) => x.Shape[^1] == 0 ? 0 : x.Count / x.Shape[^1];
}
