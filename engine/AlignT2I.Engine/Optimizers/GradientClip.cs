namespace AlignT2I.Engine;

/// <summary>
/// Clipping inside an optimizer's pass: gradients are multiplied by min(1, MaxNorm / (norm + 1e-6)), norm = GradientScale times their L2
/// norm. Where the norm is not finite the step writes nothing.
/// </summary>
/// <param name="SquaredNorm">Result of <see cref="GradientNorm.Squared"/>.</param>
/// <param name="MaxNorm">Largest norm wanted, positive.</param>
public readonly record struct GradientClip(Tensor SquaredNorm, double MaxNorm)
{
    /// <summary>The scale of the gradients with clipping; null where the norm is not finite.</summary>
    internal static double? Scale(GradientClip? clip, double gradientScale)
    {
        if (clip is not { } given)
            return gradientScale;
        double norm = Math.Sqrt(given.SquaredNorm.Item()) * gradientScale;
        return double.IsFinite(norm) ? gradientScale * GradientNorm.Coefficient(norm, given.MaxNorm) : null;
    }
}
