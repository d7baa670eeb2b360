namespace AlignT2I.Engine;

/// <summary>
/// The constants of one step: g = GradientScale * gradient + L2 * p; m = Beta1 m + (1 - Beta1) g; v = Beta2 v + (1 - Beta2) g^2;
/// p = Decay * p - StepSize * m / (RootScale * sqrt(v) + Epsilon); average = average + AverageFraction * (p - average).
/// </summary>
internal readonly record struct AdamStep(
    double Beta1, double Beta2, double Epsilon, double L2, double Decay, double StepSize, double RootScale, double GradientScale,
    double AverageFraction);
