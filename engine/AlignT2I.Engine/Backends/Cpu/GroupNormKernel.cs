using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>
/// Group normalization of NHWC images, with SiLU behind it or not: y = x * scale + shift, one scale and shift per image and channel.
/// </summary>
internal static unsafe class GroupNormKernel<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Computes y [Images, Rows, Channels], mean and rstd [Images, Groups].</summary>
    public static void Forward(T* x, T* weight, T* bias, T* y, T* mean, T* rstd, GroupNormShape shape, double eps, bool silu)
    {
        int parts = shape.Parts, channels = shape.Channels, groups = shape.Groups;
        using Scratch<Moments> partial = Scratch<Moments>.Rent((long)shape.Images * parts * groups);
        using Scratch<T> affine = Scratch<T>.Rent(2L * shape.Images * channels);
        Moments* moments = partial.Pointer;
        T* scales = affine.Pointer, shifts = scales + (long)shape.Images * channels;

        void Measure(int i)
        {
            (int image, int part) = Math.DivRem(i, parts);
            (int first, int rows) = shape.RowsOf(part, parts);
            MomentsOf(x + ((long)image * shape.Rows + first) * channels, rows, shape, moments + (long)i * groups);
        }

        void Finish(int image)
        {
            for (int g = 0; g < groups; g++)
            {
                Moments all = moments[(long)image * parts * groups + g];
                for (int part = 1; part < parts; part++)
                    all = all.With(moments[((long)image * parts + part) * groups + g]);
                long at = (long)image * groups + g, channel = (long)image * channels + g * shape.Width;
                mean[at] = T.CreateTruncating(all.Mean);
                rstd[at] = T.CreateTruncating(1 / Math.Sqrt(all.Variance + eps));
                int c = g * shape.Width;
                Affine(weight + c, bias + c, mean[at], rstd[at], shape.Width, scales + channel, shifts + channel);
            }
        }

        void Apply(int i)
        {
            (int image, int part) = Math.DivRem(i, parts);
            (int first, int rows) = shape.RowsOf(part, parts);
            long at = ((long)image * shape.Rows + first) * channels, channel = (long)image * channels;
            Rows(x + at, scales + channel, shifts + channel, y + at, rows, channels, silu);
        }

        if (parts == 1)
        {
            shape.For(shape.Images, image =>
            {
                Measure(image);
                Finish(image);
                Apply(image);
            });
            return;
        }

        shape.For(shape.Images * parts, Measure);
        for (int image = 0; image < shape.Images; image++)
            Finish(image);
        shape.For(shape.Images * parts, Apply);
    }

    /// <summary>scale = rstd * weight and shift = bias - mean * scale of the channels of one group.</summary>
    public static void Affine(T* weight, T* bias, T mean, T rstd, int width, T* scale, T* shift)
    {
        for (int c = 0; c < width; c++)
        {
            scale[c] = rstd * weight[c];
            shift[c] = bias[c] - mean * scale[c];
        }
    }

    /// <summary>Moments of each group over some rows.</summary>
    static void MomentsOf(T* x, int rows, GroupNormShape shape, Moments* moments)
    {
        int channels = shape.Channels, width = shape.Width;
        using Scratch<double> sums = Scratch<double>.Rent(2L * channels);
        using Scratch<T> centers = Scratch<T>.Rent(channels);
        ChannelStatistics<T>.Compute(x, rows, channels, centers.Pointer, sums.Pointer, sums.Pointer + channels);
        for (int g = 0; g < shape.Groups; g++)
        {
            T* center = centers.Pointer + g * width;
            double* first = sums.Pointer + g * width, second = first + channels;
            double origin = double.CreateTruncating(center[0]), sum = 0, squares = 0;
            for (int c = 0; c < width; c++)
                sum += rows * (double.CreateTruncating(center[c]) - origin) + first[c];
            double count = (double)width * rows, mean = origin + sum / count;
            for (int c = 0; c < width; c++)
            {
                double shift = double.CreateTruncating(center[c]) - mean;
                squares += second[c] + shift * (2 * first[c] + rows * shift);
            }

            moments[g] = new Moments(count, mean, Math.Max(0, squares));
        }
    }

    static void Rows(T* x, T* scale, T* shift, T* y, int rows, int channels, bool silu)
    {
        for (int r = 0; r < rows; r++, x += channels, y += channels)
        {
            if (silu)
                RowSilu(x, scale, shift, y, channels);
            else
                Row(x, scale, shift, y, channels);
        }
    }

    static void Row(T* x, T* scale, T* shift, T* y, int channels)
    {
        for (int c = 0; c < channels; c += Vector512<T>.Count)
            Lanes.Store(Normalized(x, scale, shift, c, channels - c), y + c, channels - c);
    }

    static void RowSilu(T* x, T* scale, T* shift, T* y, int channels)
    {
        for (int c = 0; c < channels; c += Vector512<T>.Count)
        {
            Vector512<T> z = Normalized(x, scale, shift, c, channels - c);
            Lanes.Store(z / (Vector512<T>.One + VectorMath.Exp(-z)), y + c, channels - c);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<T> Normalized(T* x, T* scale, T* shift, int c, int count) =>
        Lanes.Fma(Lanes.Load(x + c, count), Lanes.Load(scale + c, count), Lanes.Load(shift + c, count));
}
