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
    public static void Forward(T* x, T* weight, T* bias, T* y, T* mean, T* rstd, GroupNormShape shape, double eps, bool silu) =>
        shape.ForEachSlab((image, firstGroup, groups) =>
        {
            int firstChannel = firstGroup * shape.Width;
            long at = (long)image * shape.Rows * shape.Channels + firstChannel, statistic = (long)image * shape.Groups + firstGroup;
            Slab(x + at, weight + firstChannel, bias + firstChannel, y + at, mean + statistic, rstd + statistic, shape, groups, eps, silu);
        });

    /// <summary>scale = rstd * weight and shift = bias - mean * scale of the channels of one group.</summary>
    public static void Affine(T* weight, T* bias, T mean, T rstd, int width, T* scale, T* shift)
    {
        for (int c = 0; c < width; c++)
        {
            scale[c] = rstd * weight[c];
            shift[c] = bias[c] - mean * scale[c];
        }
    }

    static void Slab(T* x, T* weight, T* bias, T* y, T* mean, T* rstd, GroupNormShape shape, int groups, double eps, bool silu)
    {
        int width = shape.Width, channels = groups * width;
        using Scratch<double> statistics = Scratch<double>.Rent(3L * channels);
        using Scratch<T> affine = Scratch<T>.Rent(2L * channels);
        double* center = statistics.Pointer, first = center + channels, second = first + channels;
        T* scale = affine.Pointer, shift = scale + channels;
        ChannelStatistics<T>.Compute(x, shape.Rows, shape.Channels, channels, center, first, second);
        for (int g = 0; g < groups; g++)
        {
            int c = g * width;
            (double m, double variance) = Moments(center + c, first + c, second + c, width, shape.Rows);
            mean[g] = T.CreateTruncating(m);
            rstd[g] = T.CreateTruncating(1 / Math.Sqrt(variance + eps));
            Affine(weight + c, bias + c, mean[g], rstd[g], width, scale + c, shift + c);
        }

        for (int r = 0; r < shape.Rows; r++, x += shape.Channels, y += shape.Channels)
        {
            if (silu)
                RowSilu(x, scale, shift, y, channels);
            else
                Row(x, scale, shift, y, channels);
        }
    }

    static (double Mean, double Variance) Moments(double* center, double* first, double* second, int width, int rows)
    {
        double count = (double)width * rows, sum = 0, squares = 0;
        for (int c = 0; c < width; c++)
            sum += rows * (center[c] - center[0]) + first[c];
        double mean = center[0] + sum / count;
        for (int c = 0; c < width; c++)
        {
            double shift = center[c] - mean;
            squares += second[c] + shift * (2 * first[c] + rows * shift);
        }

        return (mean, Math.Max(0, squares / count));
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
