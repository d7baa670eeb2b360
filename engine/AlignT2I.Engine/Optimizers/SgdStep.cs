namespace AlignT2I.Engine;

/// <summary>
/// The constants of one step: g = GradientScale * gradient + L2 * p; buffer = Momentum * buffer + g; p = p - LearningRate * d,
/// where d is the buffer, or g + Momentum * buffer with Nesterov's momentum, or g without momentum; average = average + AverageFraction *
/// (p - average).
/// </summary>
internal readonly record struct SgdStep(
    double LearningRate, double Momentum, bool Nesterov, double L2, double GradientScale, double AverageFraction)
{
    public static SgdStep Read(ReadOnlySpan<double> v) => new(v[0], v[1], v[2] != 0, v[3], v[4], v[5]);

    /// <summary>The constants in the order in which kernels read them.</summary>
    public double[] ToArray() => [LearningRate, Momentum, Nesterov ? 1 : 0, L2, GradientScale, AverageFraction];
}
