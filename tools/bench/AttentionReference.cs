using System.Numerics.Tensors;

namespace AlignT2I.Bench;

/// <summary>Single entries of one head's attention and of its gradients, in float64 straight from the definition.</summary>
/// <remarks>q, dy [queries, d]; k, v [keys, d]. Each entry comes with the sum of its terms' magnitudes.</remarks>
internal sealed class AttentionReference(OpCase c, double[] q, double[] k, double[] v, double[] dy)
{
    readonly double scale = 1 / Math.Sqrt(c.C);
    readonly Dictionary<int, double[]> probabilities = [];
    readonly Dictionary<int, double> means = [];

    public (double Sum, double Magnitude) Output(int query, int column)
    {
        double[] p = Probabilities(query);
        return Sum(p.Length, j => p[j] * v[j * c.C + column]);
    }

    public (double Sum, double Magnitude) QueryGradient(int query, int column)
    {
        double[] p = Probabilities(query);
        return Sum(p.Length, j => scale * p[j] * (Change(query, j) - Mean(query)) * k[j * c.C + column]);
    }

    public (double Sum, double Magnitude) KeyGradient(int key, int column) => Sum(c.H, i =>
    {
        double[] p = Probabilities(i);
        return key < p.Length ? scale * p[key] * (Change(i, key) - Mean(i)) * q[i * c.C + column] : 0;
    });

    public (double Sum, double Magnitude) ValueGradient(int key, int column) => Sum(c.H, i =>
    {
        double[] p = Probabilities(i);
        return key < p.Length ? p[key] * dy[i * c.C + column] : 0;
    });

    /// <summary>Row of the softmax of q kᵀ / sqrt(d), only the keys that the query reads.</summary>
    double[] Probabilities(int query)
    {
        if (probabilities.TryGetValue(query, out double[]? known)) return known;
        var p = new double[c.Causal ? Math.Min(c.W, query + 1) : c.W];
        for (int j = 0; j < p.Length; j++) p[j] = scale * TensorPrimitives.Dot<double>(Row(q, query), Row(k, j));
        TensorPrimitives.SoftMax<double>(p, p);
        return probabilities[query] = p;
    }

    /// <summary>Sum over the keys of probability times its derivative.</summary>
    double Mean(int query)
    {
        if (means.TryGetValue(query, out double known)) return known;
        double[] p = Probabilities(query);
        double mean = 0;
        for (int j = 0; j < p.Length; j++) mean += p[j] * Change(query, j);
        return means[query] = mean;
    }

    /// <summary>Derivative of the result by the probability of one key.</summary>
    double Change(int query, int key) => TensorPrimitives.Dot<double>(Row(dy, query), Row(v, key));

    ReadOnlySpan<double> Row(double[] x, int position) => x.AsSpan(position * c.C, c.C);

    static (double Sum, double Magnitude) Sum(int count, Func<int, double> term)
    {
        (double sum, double magnitude) = (0, 0);
        for (int i = 0; i < count; i++)
        {
            double value = term(i);
            sum += value;
            magnitude += Math.Abs(value);
        }
        return (sum, magnitude);
    }
}
