using AlignT2I.Engine;
using AlignT2I.Files;
using MathNet.Numerics.LinearAlgebra;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace AlignT2I.Models.Metrics;

/// <summary>
/// The Fréchet distance between two sets of images: that of normal distributions with their features' means and covariances.
/// </summary>
/// <remarks>
/// Heusel et al. 2017, arXiv:1706.08500, eq. 6: |mu1 - mu2|² + tr(S1 + S2 - 2 (S1 S2)^½). With S1 = L Lᵀ the trace of the root is that
/// of (Lᵀ S2 L)^½, which is symmetric: its eigenvalues are real, also where there are fewer images than features. In float64.
/// </remarks>
public static class FrechetDistance
{
    const double MachineEpsilon = 1.0 / (1L << 52);

    /// <summary>The distance between the distributions of two sets of features.</summary>
    /// <param name="a">Features [N, D], float32 or float64; N at least 2.</param>
    /// <param name="b">Features [M, D]; M at least 2.</param>
    /// <returns>0 for equal distributions, otherwise positive; in squared units of the features.</returns>
    /// <exception cref="ShapeException">The tensors are not two-dimensional, differ in D, or have fewer than two rows.</exception>
    public static double Between(Tensor a, Tensor b)
    {
        if (a.Shape.Rank != 2 || b.Shape.Rank != 2 || a.Shape[1] != b.Shape[1] || a.Shape[0] < 2 || b.Shape[0] < 2)
        {
            throw new ShapeException(
                $"Fréchet distance: the features have shapes {a.Shape} and {b.Shape}; "
                + "it needs [N, D] and [M, D], two images each at least.");
        }
        return Between(FeatureStatistics.Of(a), FeatureStatistics.Of(b));
    }

    /// <summary>The distance between two distributions whose means and covariances are known.</summary>
    /// <param name="a">Those of one set of images.</param>
    /// <param name="b">Those of the other, of the same features.</param>
    /// <returns>0 for equal distributions, otherwise positive; in squared units of the features.</returns>
    /// <exception cref="ShapeException">The numbers of features differ.</exception>
    /// <exception cref="UsageException">A feature is not a finite number.</exception>
    public static double Between(FeatureStatistics a, FeatureStatistics b)
    {
        if (a.Features != b.Features)
            throw new ShapeException($"Fréchet distance: the sets have {a.Features} and {b.Features} features; they are of two networks.");
        if (!IsFinite(a) || !IsFinite(b))
        {
            throw new UsageException("Fréchet distance: features of images are not finite numbers; the file that holds them is damaged, "
                + "or the weights of the network that sees the images are.");
        }
        using Tape pause = Tape.Pause();
        using MemoryScope scope = MemoryScope.Open();
        int d = a.Features;
        Tensor factor = Factor(a), covariance = Tensor.From(b.Covariance, [d, d]);
        Tensor product = F.MatMul(F.MatMul(factor, covariance, transposeA: true), factor);
        Matrix<double> symmetric = Matrix<double>.Build.Dense(d, d, product.ToArray<double>());
        double[] values = [.. symmetric.Evd(Symmetricity.Symmetric).EigenValues.Select(v => v.Real)];
        // What rounding makes of zeros, of either sign, has a root a hundred million times as large.
        double least = d * MachineEpsilon * values.Max();
        double root = values.Sum(v => v > least ? Math.Sqrt(v) : 0);
        double distance = a.Mean.Zip(b.Mean, (x, y) => (x - y) * (x - y)).Sum() + a.Trace + b.Trace - 2 * root;
        return Math.Max(0, distance);
    }

    static bool IsFinite(FeatureStatistics statistics) =>
        TensorPrimitives.IsFiniteAll<double>(statistics.Mean) && TensorPrimitives.IsFiniteAll<double>(statistics.Covariance);

    /// <summary>L of Cholesky's factorization S = L Lᵀ; a feature that follows from those before it, as in a singular covariance, has
    /// a pivot of rounding noise and is left out.</summary>
    static Tensor Factor(FeatureStatistics statistics)
    {
        int d = statistics.Features;
        ReadOnlySpan<double> values = statistics.Covariance;
        double[] lower = new double[d * d];
        double largest = 0;
        for (int i = 0; i < d; i++)
            largest = Math.Max(largest, values[i * d + i]);
        double least = d * MachineEpsilon * largest;
        for (int i = 0; i < d; i++)
        {
            Span<double> row = lower.AsSpan(i * d, i + 1);
            for (int j = 0; j < i; j++)
            {
                double pivot = lower[j * d + j];
                row[j] = pivot == 0 ? 0 : (values[i * d + j] - TensorPrimitives.Dot<double>(row[..j], lower.AsSpan(j * d, j))) / pivot;
            }
            double rest = values[i * d + i] - TensorPrimitives.SumOfSquares<double>(row[..i]);
            row[i] = rest > least ? Math.Sqrt(rest) : 0;
        }
        return Tensor.From(lower, [d, d]);
    }
}
