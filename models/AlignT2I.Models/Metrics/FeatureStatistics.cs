using AlignT2I.Engine;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace AlignT2I.Models.Metrics;

/// <summary>Mean and covariance of features: all that the Fréchet distance needs to know of a set of images.</summary>
/// <param name="Mean">The D means.</param>
/// <param name="Covariance">D x D, row-major, unbiased: divided by the number of images less one.</param>
public sealed record FeatureStatistics(double[] Mean, double[] Covariance)
{
    const int BlockRows = 256;

    /// <summary>Number of features, D.</summary>
    public int Features => Mean.Length;

    /// <summary>The statistics of the rows of a tensor.</summary>
    /// <param name="features">Features [N, D], float32 or float64; N at least 2.</param>
    /// <exception cref="ShapeException">The tensor is not two-dimensional or has fewer than two rows.</exception>
    public static FeatureStatistics Of(Tensor features)
    {
        if (features.Shape.Rank != 2)
            throw new ShapeException($"feature statistics: the features have shape {features.Shape}; it needs [N, D].");
        using Tape pause = Tape.Pause();
        using MemoryScope scope = MemoryScope.Open();
        Tensor rows = F.Cast(features.To(Backend.Cpu), DType.F64);     // where float64 is
        int d = features.Shape[1];
        return Of(features.Shape[0], d, (row, values) => rows.AsSpan<double>().Slice(row * d, d).CopyTo(values));
    }

    /// <summary>The statistics of rows that are read one after the other: the memory does not grow with their number.</summary>
    /// <param name="count">Number of rows, N, at least 2.</param>
    /// <param name="features">Number of features, D.</param>
    /// <param name="read">Writes a row, by its number, into D doubles; every row is read once, in order.</param>
    /// <exception cref="ShapeException">There are fewer than two rows.</exception>
    public static FeatureStatistics Of(int count, int features, RowReader read)
    {
        if (count < 2)
            throw new ShapeException($"feature statistics: there are features of {count} images; a covariance needs two at least.");
        using Tape pause = Tape.Pause();
        using MemoryScope scope = MemoryScope.Open();
        // Sums of what is left after the first row is subtracted:
        // products of the features themselves would cancel where the mean is large.
        double[] origin = new double[features], sum = new double[features], products = new double[features * features];
        read(0, origin);
        for (int start = 0; start < count; start += BlockRows)
        {
            using MemoryScope block = MemoryScope.Open();
            Tensor rows = Tensor.Empty([Math.Min(BlockRows, count - start), features], DType.F64, Backend.Cpu);
            for (int i = 0; i < rows.Shape[0]; i++)
            {
                Span<double> row = rows.AsSpan<double>().Slice(i * features, features);
                read(start + i, row);
                TensorPrimitives.Subtract(row, origin, row);
                TensorPrimitives.Add(sum, row, sum);
            }
            TensorPrimitives.Add(products, F.MatMul(rows, rows, transposeA: true).AsSpan<double>(), products);
        }
        TensorPrimitives.Divide(sum, count, sum);
        for (int i = 0; i < features; i++)
        {
            for (int j = 0; j < features; j++)
                products[i * features + j] = (products[i * features + j] - count * sum[i] * sum[j]) / (count - 1);
        }
        TensorPrimitives.Add(origin, sum, origin);
        return new FeatureStatistics(origin, products);
    }

    /// <summary>Sum of the variances.</summary>
    internal double Trace => Enumerable.Range(0, Features).Sum(i => Covariance[i * Features + i]);
}
