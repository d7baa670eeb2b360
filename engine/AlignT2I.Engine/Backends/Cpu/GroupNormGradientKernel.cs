using System.Numerics;
using System.Numerics.Tensors;
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
    /// <summary>Rows whose products are summed in T before they go into a double; few enough for the first-level cache.</summary>
    const int RowBlock = 16;

    /// <summary>Computes dx like x, dweight and dbias [Channels]. <paramref name="bias"/> is null where no SiLU follows.</summary>
    public static void Backward(
        T* x, T* weight, T* bias, T* mean, T* rstd, T* dy, T* dx, T* dweight, T* dbias, GroupNormShape shape)
    {
        int parts = shape.Parts, channels = shape.Channels, pieces = shape.Images * parts;
        using Scratch<double> partial = Scratch<double>.Rent(2L * Math.Max(1, pieces) * channels);
        using Scratch<T> factors = Scratch<T>.Rent(4L * shape.Images * channels);
        double* sums = partial.Pointer;     // [pieces, a or b, channels]
        T* coefficients = factors.Pointer;  // [images, 4, channels]
        T* dz = bias is null ? dy : dx;

        void Prepare(int image)
        {
            T* scale = coefficients + 4L * image * channels, shift = scale + channels, rate = shift + channels, origin = rate + channels;
            for (int g = 0, c = 0; g < shape.Groups; g++, c += shape.Width)
            {
                T m = mean[(long)image * shape.Groups + g], r = rstd[(long)image * shape.Groups + g];
                if (bias is not null)
                    GroupNormKernel<T>.Affine(weight + c, bias + c, m, r, shape.Width, scale + c, shift + c);
                new Span<T>(rate + c, shape.Width).Fill(r);
                new Span<T>(origin + c, shape.Width).Fill(-m * r);
            }
        }

        void Sum(int i)
        {
            (int image, int part) = Math.DivRem(i, parts);
            (int first, int rows) = shape.RowsOf(part, parts);
            long at = ((long)image * shape.Rows + first) * channels;
            T* own = coefficients + 4L * image * channels;
            double* a = sums + 2L * i * channels;
            new Span<double>(a, 2 * channels).Clear();
            for (int r = 0; r < rows; r += RowBlock, at += (long)RowBlock * channels)
                Block(x + at, dy + at, bias is null ? null : dx + at, own, Math.Min(RowBlock, rows - r), channels, a, a + channels);
        }

        void Finish(int image)
        {
            double* a = sums + 2L * image * parts * channels;
            using Scratch<double> total = Scratch<double>.Rent(2L * channels);
            AddPieces(a, parts, 2 * channels, total.Pointer);
            T* scale = coefficients + 4L * image * channels, rate = scale + channels, origin = rate + channels;
            for (int g = 0, c = 0; g < shape.Groups; g++, c += shape.Width)
            {
                long at = (long)image * shape.Groups + g;
                Coefficients(
                    weight + c, mean[at], rstd[at], total.Pointer + c, total.Pointer + channels + c, shape.Width, shape.Rows,
                    scale + c, rate + c, origin + c);
            }
        }

        void Apply(int i)
        {
            (int image, int part) = Math.DivRem(i, parts);
            (int first, int rows) = shape.RowsOf(part, parts);
            T* scale = coefficients + 4L * image * channels, rate = scale + channels, origin = rate + channels;
            for (int r = first; r < first + rows; r++)
            {
                long at = ((long)image * shape.Rows + r) * channels;
                Row(x + at, dz + at, scale, rate, origin, dx + at, channels);
            }
        }

        if (parts == 1)
        {
            shape.For(shape.Images, image =>
            {
                Prepare(image);
                Sum(image);
                Finish(image);
                Apply(image);
            });
        }
        else
        {
            for (int image = 0; image < shape.Images; image++)
                Prepare(image);
            shape.For(pieces, Sum);
            for (int image = 0; image < shape.Images; image++)
                Finish(image);
            shape.For(pieces, Apply);
        }

        using Scratch<double> totals = Scratch<double>.Rent(2L * channels);
        AddPieces(sums, pieces, 2 * channels, totals.Pointer);
        for (int c = 0; c < channels; c++)
        {
            dbias[c] = T.CreateTruncating(totals.Pointer[c]);
            dweight[c] = T.CreateTruncating(totals.Pointer[channels + c]);
        }
    }

    /// <summary>total [length] = sum of the pieces [pieces, length], in order.</summary>
    static void AddPieces(double* pieces, int count, int length, double* total)
    {
        Span<double> sum = new(total, length);
        sum.Clear();
        for (int i = 0; i < count; i++)
            TensorPrimitives.Add(sum, new ReadOnlySpan<double>(pieces + (long)i * length, length), sum);
    }

    /// <summary>Adds the sums of some rows to a and b. Where SiLU follows, dz goes to <paramref name="dz"/>; else that is null.</summary>
    static void Block(T* x, T* dy, T* dz, T* coefficients, int rows, int channels, double* a, double* b)
    {
        for (int c = 0; c < channels; c += Vector512<T>.Count)
        {
            int lanes = Math.Min(channels - c, Vector512<T>.Count);
            T* scale = coefficients + c, shift = scale + channels, rate = shift + channels, origin = rate + channels;
            if (dz is null)
                Sums(x + c, dy + c, rate, origin, rows, channels, lanes, a + c, b + c);
            else
                SiluSums(x + c, dy + c, dz + c, scale, shift, rate, origin, rows, channels, lanes, a + c, b + c);
        }
    }

    /// <summary>dz = dy * s (1 + z (1 - s)) with s = sigmoid(z), z = x * scale + shift; adds Σ dz to a and Σ dz * h to b.</summary>
    static void SiluSums(
        T* x, T* dy, T* dz, T* scale, T* shift, T* rate, T* origin, int rows, int stride, int lanes, double* a, double* b)
    {
        Vector512<T> factor = Lanes.Load(scale, lanes), offset = Lanes.Load(shift, lanes);
        Vector512<T> r = Lanes.Load(rate, lanes), o = Lanes.Load(origin, lanes), first = default, second = default;
        for (int row = 0; row < rows; row++, x += stride, dy += stride, dz += stride)
        {
            Vector512<T> xv = Lanes.Load(x, lanes), z = Lanes.Fma(xv, factor, offset);
            Vector512<T> s = VectorMath.Sigmoid(z, out Vector512<T> slope), dzv = Lanes.Load(dy, lanes) * Lanes.Fma(z, slope, s);
            Lanes.Store(dzv, dz, lanes);
            first += dzv;
            second = Lanes.Fma(dzv, Lanes.Fma(xv, r, o), second);
        }

        Lanes.AddTo(first, a, lanes);
        Lanes.AddTo(second, b, lanes);
    }

    /// <summary>Adds Σ dz to a and Σ dz * h to b, h = x * rate + origin.</summary>
    static void Sums(T* x, T* dz, T* rate, T* origin, int rows, int stride, int lanes, double* a, double* b)
    {
        Vector512<T> r = Lanes.Load(rate, lanes), o = Lanes.Load(origin, lanes), first = default, second = default;
        for (int row = 0; row < rows; row++, x += stride, dz += stride)
        {
            Vector512<T> dzv = Lanes.Load(dz, lanes);
            first += dzv;
            second = Lanes.Fma(dzv, Lanes.Fma(Lanes.Load(x, lanes), r, o), second);
        }

        Lanes.AddTo(first, a, lanes);
        Lanes.AddTo(second, b, lanes);
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
