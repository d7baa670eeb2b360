using AlignT2I.Engine;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;

namespace AlignT2I.Training.Evaluation;

/// <summary>The Fréchet distance between two sets of images: that of the normal distributions with the means and covariances of their features.</summary>
/// <remarks>
/// Heusel et al. 2017, arXiv:1706.08500, eq. 6: |mu1 - mu2|² + tr(S1 + S2 - 2 (S1 S2)^½). The trace of the root is that of
/// (S1^½ S2 S1^½)^½, which is symmetric: its eigenvalues are real, also where there are fewer images than features. In float64.
/// </remarks>
public static class FrechetDistance
{
    /// <summary>The distance between the distributions of two sets of features.</summary>
    /// <param name="a">Features [N, D], float32; N at least 2.</param>
    /// <param name="b">Features [M, D], float32; M at least 2.</param>
    /// <returns>0 for equal distributions, otherwise positive; in squared units of the features.</returns>
    /// <exception cref="ShapeException">The tensors are not two-dimensional, differ in D, or have fewer than two rows.</exception>
    public static double Between(Tensor a, Tensor b)
    {
        if (a.Shape.Rank != 2 || b.Shape.Rank != 2 || a.Shape[1] != b.Shape[1] || a.Shape[0] < 2 || b.Shape[0] < 2)
        {
            throw new ShapeException(
                $"Fréchet distance: the features have shapes {a.Shape} and {b.Shape}; it needs [N, D] and [M, D] with at least two images each.");
        }
        (Vector<double> meanA, Matrix<double> covarianceA) = Statistics(a);
        (Vector<double> meanB, Matrix<double> covarianceB) = Statistics(b);
        return Between(meanA, covarianceA, meanB, covarianceB);
    }

    internal static double Between(Vector<double> meanA, Matrix<double> covarianceA, Vector<double> meanB, Matrix<double> covarianceB)
    {
        Matrix<double> root = SquareRoot(covarianceA);
        Matrix<double> product = root * covarianceB * root;
        Vector<double> eigenvalues = ((product + product.Transpose()) * 0.5).Evd(Symmetricity.Symmetric).EigenValues.Map(v => v.Real);
        double trace = eigenvalues.Sum(v => Math.Sqrt(Math.Max(0, v)));     // rounding makes zeros slightly negative
        double distance = (meanA - meanB).DotProduct(meanA - meanB) + covarianceA.Trace() + covarianceB.Trace() - 2 * trace;
        return Math.Max(0, distance);
    }

    /// <summary>Mean and unbiased covariance (divided by N - 1) of the rows.</summary>
    internal static (Vector<double> Mean, Matrix<double> Covariance) Statistics(Tensor features)
    {
        int n = features.Shape[0], d = features.Shape[1];
        Matrix<double> rows = Matrix<double>.Build.Dense(n, d);
        ReadOnlySpan<float> values = features.AsSpan<float>();
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < d; j++)
                rows[i, j] = values[i * d + j];
        }
        Vector<double> mean = rows.ColumnSums() / n;
        for (int i = 0; i < n; i++)
            rows.SetRow(i, rows.Row(i) - mean);
        return (mean, rows.TransposeThisAndMultiply(rows) / (n - 1));
    }

    static Matrix<double> SquareRoot(Matrix<double> symmetric)
    {
        Evd<double> evd = symmetric.Evd(Symmetricity.Symmetric);
        Matrix<double> vectors = evd.EigenVectors;
        Vector<double> roots = evd.EigenValues.Map(v => Math.Sqrt(Math.Max(0, v.Real)));
        return vectors * Matrix<double>.Build.DiagonalOfDiagonalVector(roots) * vectors.Transpose();
    }
}
