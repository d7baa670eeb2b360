namespace AlignT2I.Engine;

/// <summary>
/// The constants of one step: g = GradientScale * gradient + L2 * p; m = Beta1 m + (1 - Beta1) g; v = Beta2 v + (1 - Beta2) g^2;
/// p = Decay * p - StepSize * m / (RootScale * sqrt(v) + Epsilon); average = average + AverageFraction * (p - average).
/// </summary>
internal readonly record struct AdamStep(
    double Beta1, double Beta2, double Epsilon, double L2, double Decay, double StepSize, double RootScale, double GradientScale,
    double AverageFraction)
{
    public static AdamStep Read(ReadOnlySpan<double> v) => new(v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8]);

    /// <summary>The constants in the order in which kernels read them.</summary>
    public double[] ToArray() => [Beta1, Beta2, Epsilon, L2, Decay, StepSize, RootScale, GradientScale, AverageFraction];
}
