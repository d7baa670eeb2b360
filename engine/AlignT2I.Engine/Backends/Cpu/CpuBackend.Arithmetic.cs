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
        using HalfOperands operands = new();
        (x, y) = (operands.Read(x), operands.Write(y));
        switch (y.DType)
        {
            case DType.F32: Affine(x.Pointer<float>(), (float)multiply, (float)add, y.Pointer<float>(), y.Count); break;
            case DType.F64: Affine(x.Pointer<double>(), multiply, add, y.Pointer<double>(), y.Count); break;
            default: throw NotSupported(y.DType);
        }
    }

    internal override void AddBroadcast(Tensor x, Tensor b, int groups, Tensor y)
    {
        using HalfOperands operands = new();
        (x, b, y) = (operands.Read(x), operands.Read(b), operands.Write(y));
        switch (y.DType)
        {
            case DType.F32: AddBroadcast<float>(x, b, groups, y); break;
            case DType.F64: AddBroadcast<double>(x, b, groups, y); break;
            default: throw NotSupported(y.DType);
        }
    }

    internal override void MulPerSample(Tensor x, Tensor w, Tensor y)
    {
        using HalfOperands operands = new();
        (x, w, y) = (operands.Read(x), operands.Read(w), operands.Write(y));
        switch (y.DType)
        {
            case DType.F32: MulPerSample<float>(x, w, y); break;
            case DType.F64: MulPerSample<double>(x, w, y); break;
            default: throw NotSupported(y.DType);
        }
    }

    internal override void ScaleShift(Tensor x, Tensor scale, Tensor? shift, Tensor y)
    {
        using HalfOperands operands = new();
        (x, scale, shift, y) = (operands.Read(x), operands.Read(scale), operands.ReadOptional(shift), operands.Write(y));
        switch (y.DType)
        {
            case DType.F32: ScaleShift<float>(x, scale, shift, y); break;
            case DType.F64: ScaleShift<double>(x, scale, shift, y); break;
            default: throw NotSupported(y.DType);
        }
    }

    static void Binary<TKernel>(Tensor a, Tensor b, Tensor y) where TKernel : IBinaryKernel
    {
        using HalfOperands operands = new();
        (a, b, y) = (operands.Read(a), operands.Read(b), operands.Write(y));
        switch (y.DType)
        {
            case DType.F32: Binary<float, TKernel>(a.Pointer<float>(), b.Pointer<float>(), y.Pointer<float>(), y.Count); break;
            case DType.F64: Binary<double, TKernel>(a.Pointer<double>(), b.Pointer<double>(), y.Pointer<double>(), y.Count); break;
            default: throw NotSupported(y.DType);
        }
    }

    static void Binary<T, TKernel>(T* a, T* b, T* y, long count)
        where T : unmanaged, IFloatingPointIeee754<T> where TKernel : IBinaryKernel =>
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

    static void AddBroadcast<T>(Tensor x, Tensor b, int groups, Tensor y) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (y.Count == 0) return;
        T* from = x.Pointer<T>(), added = b.Pointer<T>(), to = y.Pointer<T>();
        long columns = b.Count / groups, groupSize = y.Count / groups;
        ForRowPieces(y.Count, columns, (first, length) =>
        {
            ReadOnlySpan<T> row = new(added + first / groupSize * columns + first % columns, length);
            TensorPrimitives.Add(new ReadOnlySpan<T>(from + first, length), row, new Span<T>(to + first, length));
        });
    }

    static void MulPerSample<T>(Tensor x, Tensor w, Tensor y) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (y.Count == 0) return;
        T* from = x.Pointer<T>(), factor = w.Pointer<T>(), to = y.Pointer<T>();
        long size = y.Count / w.Count;
        ForRowPieces(y.Count, size, (first, length) =>
            TensorPrimitives.Multiply(new ReadOnlySpan<T>(from + first, length), factor[first / size], new Span<T>(to + first, length)));
    }

    static void ScaleShift<T>(Tensor x, Tensor scale, Tensor? shift, Tensor y) where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (y.Count == 0) return;
        T* from = x.Pointer<T>(), factor = scale.Pointer<T>(), to = y.Pointer<T>(), added = shift is null ? null : shift.Pointer<T>();
        long columns = scale.Shape[1], sampleSize = y.Count / scale.Shape[0];
        ForRowPieces(y.Count, columns, (first, length) =>
        {
            long at = first / sampleSize * columns + first % columns;
            ReadOnlySpan<T> value = new(from + first, length);
            Span<T> result = new(to + first, length);
            TensorPrimitives.FusedMultiplyAdd(value, new ReadOnlySpan<T>(factor + at, length), value, result);
            if (added is not null)
                TensorPrimitives.Add(result, new ReadOnlySpan<T>(added + at, length), result);
        });
    }

    /// <summary>Calls body(first, length) for contiguous pieces that cover all elements; none crosses the end of a row.</summary>
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
