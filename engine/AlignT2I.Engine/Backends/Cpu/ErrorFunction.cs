namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>The error function and the normal distribution in double precision.</summary>
internal static class ErrorFunction
{
    const double SqrtHalf = 0.70710678118654752440;
    const double SeriesEnd = 2.5;
    const int FractionTerms = 60;

    /// <summary>erf(x) within 2e-16 or so: erf(x) = 2/sqrt(pi) ∫₀ˣ e^(-t²) dt.</summary>
    /// <remarks>
    /// Up to 2.5 the series e^(-x²) Σ 2ⁿ x^(2n+1) / (2n+1)!!, whose terms are all positive (Abramowitz and Stegun 7.1.6);
    /// above, 1 minus the continued fraction of erfc (7.1.14).
    /// </remarks>
    public static double Erf(double x)
    {
        double size = Math.Abs(x);
        if (!(size < 6))
            return double.IsNaN(x) ? x : Math.Sign(x);
        return Math.CopySign(size < SeriesEnd ? Series(size) : 1 - Fraction(size), x);
    }

    /// <summary>Φ(x) = (1 + erf(x / sqrt 2)) / 2, the cumulative normal distribution, within 1e-12 of its value.</summary>
    public static double NormalCumulative(double x)
    {
        double size = Math.Abs(x) * SqrtHalf, tail = 0.5 * (size < SeriesEnd ? 1 - Series(size) : Fraction(size));
        return x < 0 ? tail : 1 - tail;
    }

    static double Series(double x)
    {
        double term = x, sum = x;
        for (int n = 1; term > sum * 1e-18; n++)
        {
            term *= 2 * x * x / (2 * n + 1);
            sum += term;
        }

        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }

    static double Fraction(double x)
    {
        double tail = 0;
        for (int k = FractionTerms; k > 0; k--)
            tail = 0.5 * k / (x + tail);
        return Math.Exp(-x * x) / (Math.Sqrt(Math.PI) * (x + tail));
    }
}
