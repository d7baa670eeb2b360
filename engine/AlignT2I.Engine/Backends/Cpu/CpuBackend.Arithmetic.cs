using System.Numerics;
using System.Numerics.Tensors;

namespace AlignT2I.Engine.Backends.Cpu;

internal sealed unsafe partial class CpuBackend
{
    /// <summary>Elements below which a memory-bound loop is not worth a second thread.</summary>
    const long Grain = 32 * 1024;

    internal override void Add(Tensor a, Tensor b, Tensor y) => Binary<AddKernel>(a, b, y);

    internal override void Sub(Tensor a, Tensor b, Tensor y) => Binary<SubKernel>(a, b, y);

    internal override void Mul(Tensor a, Tensor b, Tensor y) => Binary<MulKernel>(a, b, y);

    internal override void Div(Tensor a, Tensor b, Tensor y) => Binary<DivKernel>(a, b, y);

    internal override void Affine(Tensor x, double multiply, double add, Tensor y)
    {
        switch (y.DType)
        {
            case DType.F32: Affine(x.Pointer<float>(), (float)multiply, (float)add, y.Pointer<float>(), y.Count); break;
            case DType.F64: Affine(x.Pointer<double>(), multiply, add, y.Pointer<double>(), y.Count); break;
            default: throw NotSupported(y.DType);
        }
    }

    internal override void AddBroadcast(Tensor x, Tensor b, int groups, Tensor y)
    {
        switch (y.DType)
        {
            case DType.F32: AddBroadcast(x.Pointer<float>(), b.Pointer<float>(), groups, b.Count / groups, y.Pointer<float>(), y.Count); break;
            case DType.F64: AddBroadcast(x.Pointer<double>(), b.Pointer<double>(), groups, b.Count / groups, y.Pointer<double>(), y.Count); break;
            default: throw NotSupported(y.DType);
        }
    }

    internal override void MulPerSample(Tensor x, Tensor w, Tensor y)
    {
        switch (y.DType)
        {
            case DType.F32: MulPerSample(x.Pointer<float>(), w.Pointer<float>(), w.Count, y.Pointer<float>(), y.Count); break;
            case DType.F64: MulPerSample(x.Pointer<double>(), w.Pointer<double>(), w.Count, y.Pointer<double>(), y.Count); break;
            default: throw NotSupported(y.DType);
        }
    }

    internal override void ScaleShift(Tensor x, Tensor scale, Tensor? shift, Tensor y)
    {
        int n = scale.Shape[0];
        long c = scale.Shape[1];
        switch (y.DType)
        {
            case DType.F32:
                ScaleShift(x.Pointer<float>(), scale.Pointer<float>(), shift is null ? null : shift.Pointer<float>(), n, c, y.Pointer<float>(), y.Count);
                break;
            case DType.F64:
                ScaleShift(x.Pointer<double>(), scale.Pointer<double>(), shift is null ? null : shift.Pointer<double>(), n, c, y.Pointer<double>(), y.Count);
                break;
            default: throw NotSupported(y.DType);
        }
    }

    static void Binary<TKernel>(Tensor a, Tensor b, Tensor y) where TKernel : IBinaryKernel
    {
        switch (y.DType)
        {
            case DType.F32: Binary<float, TKernel>(a.Pointer<float>(), b.Pointer<float>(), y.Pointer<float>(), y.Count); break;
            case DType.F64: Binary<double, TKernel>(a.Pointer<double>(), b.Pointer<double>(), y.Pointer<double>(), y.Count); break;
            default: throw NotSupported(y.DType);
        }
    }

    static void Binary<T, TKernel>(T* a, T* b, T* y, long count) where T : unmanaged, IFloatingPointIeee754<T> where TKernel : IBinaryKernel =>
        CpuThreads.ForRange(count, Grain, (start, end) =>
        {
            int length = (int)(end - start);
            TKernel.Run(new ReadOnlySpan<T>(a + start, length), new ReadOnlySpan<T>(b + start, length), new Span<T>(y + start, length));
        });

    static void Affine<T>(T* x, T multiply, T add, T* y, long count) where T : unmanaged, IFloatingPointIeee754<T> =>
        CpuThreads.ForRange(count, Grain, (start, end) =>
        {
            Span<T> result = new(y + start, (int)(end - start));
            TensorPrimitives.Multiply(new ReadOnlySpan<T>(x + start, result.Length), multiply, result);
            if (add != T.Zero)
                TensorPrimitives.Add(result, add, result);
        });

    static void AddBroadcast<T>(T* x, T* b, int groups, long columns, T* y, long count) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (count == 0) return;
        long groupSize = count / groups;
        ForRowPieces(count, columns, (first, length) =>
        {
            T* bias = b + first / groupSize * columns + first % columns;
            TensorPrimitives.Add(new ReadOnlySpan<T>(x + first, length), new ReadOnlySpan<T>(bias, length), new Span<T>(y + first, length));
        });
    }

    static void MulPerSample<T>(T* x, T* w, long samples, T* y, long count) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (count == 0) return;
        long size = count / samples;
        ForRowPieces(count, size, (first, length) =>
            TensorPrimitives.Multiply(new ReadOnlySpan<T>(x + first, length), w[first / size], new Span<T>(y + first, length)));
    }

    static void ScaleShift<T>(T* x, T* scale, T* shift, int samples, long columns, T* y, long count) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (count == 0) return;
        long sampleSize = count / samples;
        ForRowPieces(count, columns, (first, length) =>
        {
            long at = first / sampleSize * columns + first % columns;
            ReadOnlySpan<T> value = new(x + first, length);
            Span<T> result = new(y + first, length);
            TensorPrimitives.FusedMultiplyAdd(value, new ReadOnlySpan<T>(scale + at, length), value, result);
            if (shift is not null)
                TensorPrimitives.Add(result, new ReadOnlySpan<T>(shift + at, length), result);
        });
    }

    /// <summary>Calls body(first, length) for contiguous pieces that cover all elements; none crosses the end of a row of the given length.</summary>
    static void ForRowPieces(long count, long row, Action<long, int> body) =>
        CpuThreads.ForRange(count, Grain, (start, end) =>
        {
            while (start < end)
            {
                int length = (int)Math.Min(end - start, row - start % row);
                body(start, length);
                start += length;
            }
        });

    interface IBinaryKernel
    {
        static abstract void Run<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged, IFloatingPointIeee754<T>;
    }

    readonly struct AddKernel : IBinaryKernel
    {
        public static void Run<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged, IFloatingPointIeee754<T> =>
            TensorPrimitives.Add(a, b, y);
    }

    readonly struct SubKernel : IBinaryKernel
    {
        public static void Run<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged, IFloatingPointIeee754<T> =>
            TensorPrimitives.Subtract(a, b, y);
    }

    readonly struct MulKernel : IBinaryKernel
    {
        public static void Run<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged, IFloatingPointIeee754<T> =>
            TensorPrimitives.Multiply(a, b, y);
    }

    readonly struct DivKernel : IBinaryKernel
    {
        public static void Run<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> y) where T : unmanaged, IFloatingPointIeee754<T> =>
            TensorPrimitives.Divide(a, b, y);
    }
}
