using System.Numerics;
using System.Numerics.Tensors;

namespace AlignT2I.Engine.Backends.Cpu;

internal sealed unsafe partial class CpuBackend
{
    internal override void UpsampleNearest2x(Tensor x, Tensor y)
    {
        int h = x.Shape[1], w = x.Shape[2], bytes = x.Shape[3] * x.DType.Size;
        long rowBytes = (long)w * bytes;
        byte* from = (byte*)x.Live.Pointer, to = (byte*)y.Live.Pointer;
        CpuThreads.For(x.Shape[0] * h, row =>
        {
            byte* source = from + row * rowBytes, target = to + 4 * row * rowBytes;
            for (int i = 0; i < w; i++)
            {
                ReadOnlySpan<byte> pixel = new(source + (long)i * bytes, bytes);
                pixel.CopyTo(new Span<byte>(target + 2L * i * bytes, bytes));
                pixel.CopyTo(new Span<byte>(target + (2L * i + 1) * bytes, bytes));
            }
            Buffer.MemoryCopy(target, target + 2 * rowBytes, 2 * rowBytes, 2 * rowBytes);
        });
    }

    internal override void UpsampleNearest2xBackward(Tensor dy, Tensor dx)
    {
        using HalfOperands operands = new();
        (dy, dx) = (operands.Read(dy), operands.Write(dx));
        switch (dx.DType)
        {
            case DType.F32: UpsampleNearest2xBackward(dy.Pointer<float>(), dx.Pointer<float>(), dx.Shape); break;
            case DType.F64: UpsampleNearest2xBackward(dy.Pointer<double>(), dx.Pointer<double>(), dx.Shape); break;
            default: throw NotSupported(dx.DType);
        }
    }

    internal override void ResizeBilinear(Tensor x, Tensor y)
    {
        using HalfOperands operands = new();
        (x, y) = (operands.Read(x), operands.Write(y));
        switch (y.DType)
        {
            case DType.F32: ResizeBilinear(x.Pointer<float>(), x.Shape, y.Pointer<float>(), y.Shape); break;
            case DType.F64: ResizeBilinear(x.Pointer<double>(), x.Shape, y.Pointer<double>(), y.Shape); break;
            default: throw NotSupported(y.DType);
        }
    }

    internal override void ResizeBilinearBackward(Tensor dy, Tensor dx)
    {
        using HalfOperands operands = new();
        (dy, dx) = (operands.Read(dy), operands.Write(dx));
        switch (dx.DType)
        {
            case DType.F32: ResizeBilinearBackward(dy.Pointer<float>(), dy.Shape, dx.Pointer<float>(), dx.Shape); break;
            case DType.F64: ResizeBilinearBackward(dy.Pointer<double>(), dy.Shape, dx.Pointer<double>(), dx.Shape); break;
            default: throw NotSupported(dx.DType);
        }
    }

    static void UpsampleNearest2xBackward<T>(T* dy, T* dx, Shape shape) where T : unmanaged, IFloatingPointIeee754<T>
    {
        int w = shape[2], c = shape[3], width = Vector<T>.Count;
        long rowLength = (long)w * c;
        CpuThreads.For(shape[0] * shape[1], row =>
        {
            for (int i = 0; i < w; i++)
            {
                T* above = dy + 4 * row * rowLength + 2L * i * c, below = above + 2 * rowLength, sum = dx + row * rowLength + (long)i * c;
                int k = 0;
                for (; k + width <= c; k += width)
                {
                    Vector<T> left = Vector.Load(above + k) + Vector.Load(below + k);
                    Vector<T> right = Vector.Load(above + c + k) + Vector.Load(below + c + k);
                    (left + right).Store(sum + k);
                }
                for (; k < c; k++)
                    sum[k] = above[k] + below[k] + (above[c + k] + below[c + k]);
            }
        });
    }

    static void ResizeBilinear<T>(T* x, Shape from, T* y, Shape to) where T : unmanaged, IFloatingPointIeee754<T>
    {
        int c = from[3];
        (int Low, int High, double Weight)[] columns = Taps(from[2], to[2]), rows = Taps(from[1], to[1]);
        CpuThreads.For(to[0] * to[1], row =>
        {
            (int top, int bottom, double v) = rows[row % to[1]];
            T* image = x + (long)(row / to[1]) * from[1] * from[2] * c, target = y + (long)row * to[2] * c;
            for (int j = 0; j < to[2]; j++, target += c)
            {
                (int left, int right, double u) = columns[j];
                T* a = image + ((long)top * from[2] + left) * c, b = image + ((long)top * from[2] + right) * c;
                T* d = image + ((long)bottom * from[2] + left) * c, e = image + ((long)bottom * from[2] + right) * c;
                T wa = Weight<T>(1 - u, 1 - v), wb = Weight<T>(u, 1 - v), wd = Weight<T>(1 - u, v), we = Weight<T>(u, v);
                for (int k = 0; k < c; k++)
                    target[k] = a[k] * wa + b[k] * wb + (d[k] * wd + e[k] * we);
            }
        });
    }

    static void ResizeBilinearBackward<T>(T* dy, Shape from, T* dx, Shape to) where T : unmanaged, IFloatingPointIeee754<T>
    {
        int c = to[3], imageLength = to[1] * to[2] * c;
        (int Low, int High, double Weight)[] columns = Taps(to[2], from[2]), rows = Taps(to[1], from[1]);
        CpuThreads.For(to[0], n =>      // one image per task: within it the additions are in order
        {
            T* image = dx + (long)n * imageLength;
            new Span<T>(image, imageLength).Clear();
            for (int i = 0; i < from[1]; i++)
            {
                (int top, int bottom, double v) = rows[i];
                for (int j = 0; j < from[2]; j++)
                {
                    (int left, int right, double u) = columns[j];
                    T* source = dy + (((long)n * from[1] + i) * from[2] + j) * c;
                    AddScaled(image + ((long)top * to[2] + left) * c, source, Weight<T>(1 - u, 1 - v), c);
                    AddScaled(image + ((long)top * to[2] + right) * c, source, Weight<T>(u, 1 - v), c);
                    AddScaled(image + ((long)bottom * to[2] + left) * c, source, Weight<T>(1 - u, v), c);
                    AddScaled(image + ((long)bottom * to[2] + right) * c, source, Weight<T>(u, v), c);
                }
            }
        });
    }

    /// <summary>For every output pixel its two neighbours along one axis and the weight of the second; centres are at i + 1/2.</summary>
    static (int Low, int High, double Weight)[] Taps(int from, int to)
    {
        var taps = new (int, int, double)[to];
        for (int i = 0; i < to; i++)
        {
            double at = Math.Max(0, (i + 0.5) * from / to - 0.5);
            int low = Math.Min((int)at, from - 1);
            taps[i] = (low, Math.Min(low + 1, from - 1), at - low);
        }
        return taps;
    }

    static T Weight<T>(double u, double v) where T : unmanaged, IFloatingPointIeee754<T> => T.CreateTruncating(u * v);

    static void AddScaled<T>(T* sum, T* x, T scale, int length) where T : unmanaged, IFloatingPointIeee754<T> =>
        TensorPrimitives.MultiplyAdd(new ReadOnlySpan<T>(x, length), scale, new ReadOnlySpan<T>(sum, length), new Span<T>(sum, length));
}
