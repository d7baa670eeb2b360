namespace AlignT2I.Bench.Elementwise;

/// <summary>What operations compute, in float64 and one entry at a time.</summary>
internal static class Definitions
{
    const double Eps = 1e-5f;

    /// <summary>x / (1 + e^-x).</summary>
    public static double Silu(double x) => x / (1 + Math.Exp(-x));

    /// <summary>x Φ(x).</summary>
    public static double Gelu(double x) => x * NormalCumulative(x);

    /// <summary>Φ(x) + x φ(x).</summary>
    public static double GeluSlope(double x) => NormalCumulative(x) + x * NormalDensity(x);

    /// <summary>1/2 + φ(x) (x + x³/3 + x⁵/(3·5) + …): Abramowitz and Stegun 26.2.11.</summary>
    static double NormalCumulative(double x)
    {
        double term = x, sum = x;
        for (int n = 3; Math.Abs(term) > 1e-18 * Math.Abs(sum); n += 2) sum += term *= x * x / n;
        return 0.5 + NormalDensity(x) * sum;
    }

    static double NormalDensity(double x) => Math.Exp(-0.5 * x * x) / Math.Sqrt(2 * Math.PI);

    /// <summary>Normalization over Width neighbouring channels of a number of rows; inputs x [rows, Channels], weight, bias, dy.</summary>
    internal sealed record Norm(int Channels, int Width, long Rows)
    {
        /// <summary>(x - mean) * rstd * weight + bias.</summary>
        public double Output(float[][] v, long i)
        {
            (double mean, double rstd) = Moments(v, i);
            return (v[0][i] - mean) * rstd * v[1][i % Channels] + v[2][i % Channels];
        }

        /// <summary>Gradient of x.</summary>
        public double Gradient(float[][] v, long i) => Gradient(v, i, (_, dy) => dy);

        /// <summary>Gradient of x where SiLU follows.</summary>
        public double SiluGradient(float[][] v, long i) => Gradient(v, i, (z, dy) =>
        {
            double s = 1 / (1 + Math.Exp(-z));
            return dy * s * (1 + z * (1 - s));
        });

        double Gradient(float[][] v, long i, Func<double, double, double> cotangent)
        {
            (double mean, double rstd) = Moments(v, i);
            double Normal(long at) => (v[0][at] - mean) * rstd;
            double Weighted(long at) =>
                v[1][at % Channels] * cotangent(Normal(at) * v[1][at % Channels] + v[2][at % Channels], v[3][at]);
            double first = Members(i).Average(Weighted), second = Members(i).Average(at => Weighted(at) * Normal(at));
            return rstd * (Weighted(i) - first - Normal(i) * second);
        }

        (double Mean, double Rstd) Moments(float[][] v, long i)
        {
            double mean = Members(i).Average(at => v[0][at]);
            return (mean, 1 / Math.Sqrt(Members(i).Average(at => (v[0][at] - mean) * (v[0][at] - mean)) + Eps));
        }

        IEnumerable<long> Members(long i)
        {
            long first = i / (Rows * Channels) * Rows * Channels + i % Channels / Width * Width;
            for (long row = 0; row < Rows; row++)
            {
                for (int c = 0; c < Width; c++) yield return first + row * Channels + c;
            }
        }
    }
}
