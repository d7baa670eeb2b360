using System.Numerics;
using System.Runtime.Intrinsics;

namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>Backward pass of group normalization, with SiLU behind it or not.</summary>
/// <remarks>
/// dz is dy, or with SiLU dy * silu'(z), z recomputed. With h = (x - mean) * rstd, per image and channel a = Σ dz and b = Σ dz * h:
/// dbias = Σ a and dweight = Σ b over images; dx = rstd * (dz * weight - avg(weight * a) - h * avg(weight * b)), avg over the
/// elements of the group.
/// </remarks>
internal static unsafe class GroupNormGradientKernel<T> where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Rows whose products are summed in T before they go into a double.</summary>
    const int RowBlock = 64;

    /// <summary>Computes dx like x, dweight and dbias [Channels]. <paramref name="bias"/> is null where no SiLU follows.</summary>
    public static void Backward(
        T* x, T* weight, T* bias, T* mean, T* rstd, T* dy, T* dx, T* dweight, T* dbias, GroupNormShape shape)
    {
        using Scratch<double> sums = Scratch<double>.Rent(2L * shape.Images * shape.Channels);
        double* a = sums.Pointer, b = a + (long)shape.Images * shape.Channels;
        shape.ForEachSlab((image, firstGroup, groups) =>
        {
            int firstChannel = firstGroup * shape.Width;
            long at = (long)image * shape.Rows * shape.Channels + firstChannel, statistic = (long)image * shape.Groups + firstGroup;
            long sum = (long)image * shape.Channels + firstChannel;
            Slab(x + at, weight + firstChannel, bias is null ? null : bias + firstChannel, mean + statistic, rstd + statistic,
                dy + at, dx + at, a + sum, b + sum, shape, groups);
        });

        for (int c = 0; c < shape.Channels; c++)
        {
            double weightSum = 0, biasSum = 0;
            for (int n = 0; n < shape.Images; n++)
            {
                biasSum += a[(long)n * shape.Channels + c];
                weightSum += b[(long)n * shape.Channels + c];
            }

            dbias[c] = T.CreateTruncating(biasSum);
            dweight[c] = T.CreateTruncating(weightSum);
        }
    }

    /// <summary>Some groups of one image. <paramref name="bias"/> is null where no SiLU follows.</summary>
    static void Slab(
        T* x, T* weight, T* bias, T* mean, T* rstd, T* dy, T* dx, double* a, double* b, GroupNormShape shape, int groups)
    {
        int width = shape.Width, channels = groups * width;
        using Scratch<T> scratch = Scratch<T>.Rent(4L * channels);
        T* scale = scratch.Pointer, shift = scale + channels, rate = shift + channels, origin = rate + channels;
        for (int g = 0; g < groups; g++)
        {
            int c = g * width;
            if (bias is not null)
                GroupNormKernel<T>.Affine(weight + c, bias + c, mean[g], rstd[g], width, scale + c, shift + c);
            new Span<T>(rate + c, width).Fill(rstd[g]);
            new Span<T>(origin + c, width).Fill(-mean[g] * rstd[g]);
        }

        T* dz = bias is null ? dy : dx;
        for (int c = 0; c < channels; c += Vector512<T>.Count)
        {
            int lanes = Math.Min(channels - c, Vector512<T>.Count);
            new Span<double>(a + c, lanes).Clear();
            new Span<double>(b + c, lanes).Clear();
            for (int r = 0; r < shape.Rows; r += RowBlock)
            {
                int rows = Math.Min(RowBlock, shape.Rows - r);
                long at = (long)r * shape.Channels + c;
                if (bias is not null)
                    DifferentiateSilu(x + at, dy + at, dx + at, scale + c, shift + c, rows, shape.Channels, lanes);
                Accumulate(x + at, dz + at, rate + c, origin + c, rows, shape.Channels, lanes, a + c, b + c);
            }
        }

        for (int g = 0; g < groups; g++)
        {
            int c = g * width;
            Coefficients(weight + c, mean[g], rstd[g], a + c, b + c, width, shape.Rows, scale + c, rate + c, origin + c);
        }

        for (int r = 0; r < shape.Rows; r++, x += shape.Channels, dz += shape.Channels, dx += shape.Channels)
            Row(x, dz, scale, rate, origin, dx, channels);
    }

    /// <summary>dz = dy * s (1 + z (1 - s)) with s = sigmoid(z), z = x * scale + shift.</summary>
    static void DifferentiateSilu(T* x, T* dy, T* dz, T* scale, T* shift, int rows, int stride, int lanes)
    {
        Vector512<T> factor = Lanes.Load(scale, lanes), offset = Lanes.Load(shift, lanes);
        for (int r = 0; r < rows; r++, x += stride, dy += stride, dz += stride)
        {
            Vector512<T> z = Lanes.Fma(Lanes.Load(x, lanes), factor, offset), s = VectorMath.Sigmoid(z, out Vector512<T> slope);
            Lanes.Store(Lanes.Load(dy, lanes) * Lanes.Fma(z, slope, s), dz, lanes);
        }
    }

    /// <summary>Adds Σ dz to a and Σ dz * h to b, h = x * rate + origin.</summary>
    static void Accumulate(T* x, T* dz, T* rate, T* origin, int rows, int stride, int lanes, double* a, double* b)
    {
        Vector512<T> factor = Lanes.Load(rate, lanes), offset = Lanes.Load(origin, lanes);
        Vector512<T> a0 = default, a1 = default, b0 = default, b1 = default;
        int r = 0;
        for (; r + 2 <= rows; r += 2, x += 2L * stride, dz += 2L * stride)
        {
            Vector512<T> dz0 = Lanes.Load(dz, lanes), dz1 = Lanes.Load(dz + stride, lanes);
            (a0, a1) = (a0 + dz0, a1 + dz1);
            b0 = Lanes.Fma(dz0, Lanes.Fma(Lanes.Load(x, lanes), factor, offset), b0);
            b1 = Lanes.Fma(dz1, Lanes.Fma(Lanes.Load(x + stride, lanes), factor, offset), b1);
        }

        if (r < rows)
        {
            Vector512<T> dz0 = Lanes.Load(dz, lanes);
            a0 += dz0;
            b0 = Lanes.Fma(dz0, Lanes.Fma(Lanes.Load(x, lanes), factor, offset), b0);
        }

        (a0, b0) = (a0 + a1, b0 + b1);
        for (int lane = 0; lane < lanes; lane++)
        {
            a[lane] += double.CreateTruncating(a0[lane]);
            b[lane] += double.CreateTruncating(b0[lane]);
        }
    }

    /// <summary>dx = dz * scale + x * rate + origin: the three coefficients of each channel of a group.</summary>
    static void Coefficients(T* weight, T mean, T rstd, double* a, double* b, int width, int rows, T* scale, T* rate, T* origin)
    {
        double aMean = 0, bMean = 0, r = double.CreateTruncating(rstd);
        for (int c = 0; c < width; c++)
        {
            double w = double.CreateTruncating(weight[c]);
            aMean += w * a[c];
            bMean += w * b[c];
        }

        aMean /= (double)width * rows;
        bMean /= (double)width * rows;
        double slope = -r * r * bMean;
        for (int c = 0; c < width; c++)
            scale[c] = rstd * weight[c];
        new Span<T>(rate, width).Fill(T.CreateTruncating(slope));
        new Span<T>(origin, width).Fill(T.CreateTruncating(-slope * double.CreateTruncating(mean) - r * aMean));
    }

    static void Row(T* x, T* dz, T* scale, T* rate, T* origin, T* dx, int channels)
    {
        for (int c = 0; c < channels; c += Vector512<T>.Count)
        {
            int count = channels - c;
            Vector512<T> rest = Lanes.Fma(Lanes.Load(x + c, count), Lanes.Load(rate + c, count), Lanes.Load(origin + c, count));
            Lanes.Store(Lanes.Fma(Lanes.Load(dz + c, count), Lanes.Load(scale + c, count), rest), dx + c, count);
        }
    }
}
