using AlignT2I.Engine;
using MathNet.Numerics.LinearAlgebra;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace AlignT2I.Models.Metrics;

/// <summary>The Fréchet distance between two sets of images: that of normal distributions with their features' means and covariances.</summary>
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
                $"Fréchet distance: the features have shapes {a.Shape} and {b.Shape}; it needs [N, D] and [M, D], two images each at least.");
        }
        using Tape pause = Tape.Pause();
        using MemoryScope scope = MemoryScope.Open();
        return Between(Statistics(a), Statistics(b));
    }

    internal static double Between((double[] Mean, Tensor Covariance) a, (double[] Mean, Tensor Covariance) b)
    {
        int d = a.Mean.Length;
        Tensor factor = Factor(a.Covariance);
        Tensor product = F.MatMul(F.MatMul(factor, b.Covariance, transposeA: true), factor);
        Matrix<double> symmetric = Matrix<double>.Build.Dense(d, d, product.ToArray<double>());
        // Rounding makes zeros slightly negative.
        double root = symmetric.Evd(Symmetricity.Symmetric).EigenValues.Sum(v => Math.Sqrt(Math.Max(0, v.Real)));
        double distance = a.Mean.Zip(b.Mean, (x, y) => (x - y) * (x - y)).Sum() + Trace(a.Covariance) + Trace(b.Covariance) - 2 * root;
        return Math.Max(0, distance);
    }

    /// <summary>Mean [D] and unbiased covariance [D, D] (divided by N - 1) of the rows.</summary>
    internal static (double[] Mean, Tensor Covariance) Statistics(Tensor features)
    {
        int n = features.Shape[0], d = features.Shape[1];
        Tensor rows = F.Cast(features.To(Backend.Cpu), DType.F64);     // where float64 is
        double[] mean = new double[d];
        for (int i = 0; i < n; i++)
            TensorPrimitives.Add(mean, rows.AsSpan<double>().Slice(i * d, d), mean);
        TensorPrimitives.Divide(mean, n, mean);
        Tensor centred = F.AddTrailing(rows, F.Affine(Tensor.From(mean, [d]), -1));
        return (mean, F.Affine(F.MatMul(centred, centred, transposeA: true), 1.0 / (n - 1)));
    }

    internal static double Trace(Tensor square)
    {
        int d = square.Shape[0];
        ReadOnlySpan<double> values = square.AsSpan<double>();
        double sum = 0;
        for (int i = 0; i < d; i++)
            sum += values[i * d + i];
        return sum;
    }

    /// <summary>L of Cholesky's factorization S = L Lᵀ; a feature that follows from those before it, as in a singular covariance, has
    /// a pivot of rounding noise and is left out.</summary>
    static Tensor Factor(Tensor covariance)
    {
        int d = covariance.Shape[0];
        ReadOnlySpan<double> values = covariance.AsSpan<double>();
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
