using System.Numerics;
using System.Numerics.Tensors;

namespace AlignT2I.Engine.Backends.Cpu;

internal sealed unsafe partial class CpuBackend
{
    internal override void AvgPool2d(Tensor x, int kernel, int stride, int padding, bool countIncludePad, Tensor y)
    {
        using HalfOperands operands = new();
        (x, y) = (operands.Read(x), operands.Write(y));
        var window = new Window(kernel, stride, padding, countIncludePad);
        switch (y.DType)
        {
            case DType.F32: AvgPool2d(x.Pointer<float>(), x.Shape, window, y.Pointer<float>(), y.Shape); break;
            case DType.F64: AvgPool2d(x.Pointer<double>(), x.Shape, window, y.Pointer<double>(), y.Shape); break;
            default: throw NotSupported(y.DType);
        }
    }

    internal override void AvgPool2dBackward(Tensor dy, int kernel, int stride, int padding, bool countIncludePad, Tensor dx)
    {
        using HalfOperands operands = new();
        (dy, dx) = (operands.Read(dy), operands.Write(dx));
        var window = new Window(kernel, stride, padding, countIncludePad);
        switch (dx.DType)
        {
            case DType.F32: AvgPool2dBackward(dy.Pointer<float>(), dy.Shape, window, dx.Pointer<float>(), dx.Shape); break;
            case DType.F64: AvgPool2dBackward(dy.Pointer<double>(), dy.Shape, window, dx.Pointer<double>(), dx.Shape); break;
            default: throw NotSupported(dx.DType);
        }
    }

    internal override void MaxPool2d(Tensor x, int kernel, int stride, int padding, Tensor y, Tensor position)
    {
        using HalfOperands operands = new();
        (x, y) = (operands.Read(x), operands.Write(y));
        var window = new Window(kernel, stride, padding, CountIncludePad: false);
        switch (y.DType)
        {
            case DType.F32: MaxPool2d(x.Pointer<float>(), x.Shape, window, y.Pointer<float>(), position.Pointer<int>(), y.Shape); break;
            case DType.F64: MaxPool2d(x.Pointer<double>(), x.Shape, window, y.Pointer<double>(), position.Pointer<int>(), y.Shape); break;
            default: throw NotSupported(y.DType);
        }
    }

    internal override void MaxPool2dBackward(Tensor dy, Tensor position, int kernel, int stride, int padding, Tensor dx)
    {
        using HalfOperands operands = new();
        (dy, dx) = (operands.Read(dy), operands.Write(dx));
        switch (dx.DType)
        {
            case DType.F32: MaxPool2dBackward<float>(dy, position, dx); break;
            case DType.F64: MaxPool2dBackward<double>(dy, position, dx); break;
            default: throw NotSupported(dx.DType);
        }
    }

    static void AvgPool2d<T>(T* x, Shape from, Window window, T* y, Shape to) where T : unmanaged, IFloatingPointIeee754<T>
    {
        int c = from[3];
        CpuThreads.For(to[0] * to[1], row =>
        {
            T* image = x + (long)(row / to[1]) * from[1] * from[2] * c;
            (int top, int bottom) = window.Range(row % to[1], from[1]);
            for (int j = 0; j < to[2]; j++)
            {
                (int left, int right) = window.Range(j, from[2]);
                Span<T> sum = new(y + ((long)row * to[2] + j) * c, c);
                sum.Clear();
                for (int h = top; h < bottom; h++)
                    for (int w = left; w < right; w++)
                        TensorPrimitives.Add(sum, new ReadOnlySpan<T>(image + ((long)h * from[2] + w) * c, c), sum);
                TensorPrimitives.Divide(sum, T.CreateTruncating(window.Divisor(row % to[1], from[1], j, from[2])), sum);
            }
        });
    }

    static void AvgPool2dBackward<T>(T* dy, Shape from, Window window, T* dx, Shape to) where T : unmanaged, IFloatingPointIeee754<T>
    {
        int c = to[3], imageLength = to[1] * to[2] * c;
        CpuThreads.For(to[0], n =>      // one image per task: within it the additions are in order
        {
            T* image = dx + (long)n * imageLength;
            new Span<T>(image, imageLength).Clear();
            for (int i = 0; i < from[1]; i++)
            {
                (int top, int bottom) = window.Range(i, to[1]);
                for (int j = 0; j < from[2]; j++)
                {
                    (int left, int right) = window.Range(j, to[2]);
                    T share = T.One / T.CreateTruncating(window.Divisor(i, to[1], j, to[2]));
                    for (int h = top; h < bottom; h++)
                        for (int w = left; w < right; w++)
                            AddScaled(image + ((long)h * to[2] + w) * c, dy + (((long)n * from[1] + i) * from[2] + j) * c, share, c);
                }
            }
        });
    }

    static void MaxPool2d<T>(T* x, Shape from, Window window, T* y, int* position, Shape to) where T : unmanaged, IFloatingPointIeee754<T>
    {
        int c = from[3];
        CpuThreads.For(to[0] * to[1], row =>
        {
            T* image = x + (long)(row / to[1]) * from[1] * from[2] * c;
            (int top, int bottom) = window.Range(row % to[1], from[1]);
            for (int j = 0; j < to[2]; j++)
            {
                (int left, int right) = window.Range(j, from[2]);
                T* best = y + ((long)row * to[2] + j) * c;
                int* at = position + ((long)row * to[2] + j) * c;
                new ReadOnlySpan<T>(image + ((long)top * from[2] + left) * c, c).CopyTo(new Span<T>(best, c));
                new Span<int>(at, c).Fill(top * from[2] + left);
                for (int h = top; h < bottom; h++)
                {
                    for (int w = left; w < right; w++)
                        TakeLarger(image + ((long)h * from[2] + w) * c, h * from[2] + w, best, at, c);
                }
            }
        });
    }

    static void TakeLarger<T>(T* values, int pixel, T* best, int* at, int c) where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int k = 0; k < c; k++)
        {
            if (values[k] <= best[k] || T.IsNaN(best[k])) continue;     // a NaN wins and stays
            best[k] = values[k];
            at[k] = pixel;
        }
    }

    static void MaxPool2dBackward<T>(Tensor dy, Tensor position, Tensor dx) where T : unmanaged, IFloatingPointIeee754<T>
    {
        T* gradient = dy.Pointer<T>(), result = dx.Pointer<T>();
        int* positions = position.Pointer<int>();
        int n = dx.Shape[0], c = dx.Shape[3];
        int imageLength = dx.Shape[1] * dx.Shape[2] * c, outputLength = dy.Shape[1] * dy.Shape[2] * c;
        CpuThreads.For(n, i =>
        {
            T* image = result + (long)i * imageLength, source = gradient + (long)i * outputLength;
            int* at = positions + (long)i * outputLength;
            new Span<T>(image, imageLength).Clear();
            for (int k = 0; k < outputLength; k++)
                image[at[k] * c + k % c] += source[k];
        });
    }

    /// <summary>Which pixels a pooling window covers along one axis.</summary>
    readonly record struct Window(int Kernel, int Stride, int Padding, bool CountIncludePad)
    {
        /// <summary>First pixel of window i inside the image and one past its last.</summary>
        public (int Start, int End) Range(int i, int size) =>
            (Math.Max(0, i * Stride - Padding), Math.Min(size, i * Stride - Padding + Kernel));

        /// <summary>What the sum over window (i, j) is divided by.</summary>
        public double Divisor(int i, int height, int j, int width)
        {
            if (CountIncludePad)
                return Kernel * Kernel;
            (int top, int bottom) = Range(i, height);
            (int left, int right) = Range(j, width);
            return (bottom - top) * (right - left);
        }
    }
}
