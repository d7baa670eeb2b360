namespace AlignT2I.Engine;

/// <summary>Learning rate as a multiple of its full value: a linear warm-up, then constant, a line or half a cosine down.</summary>
/// <remarks>The definitions of transformers' get_constant/linear/cosine_schedule_with_warmup.</remarks>
public sealed class LearningRateSchedule
{
    readonly long warmUpSteps, totalSteps;
    readonly Func<double, double> shape;        // of the progress after the warm-up, 0 to 1

    LearningRateSchedule(long warmUpSteps, long totalSteps, Func<double, double> shape)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(warmUpSteps);
        ArgumentOutOfRangeException.ThrowIfNegative(totalSteps);
        (this.warmUpSteps, this.totalSteps, this.shape) = (warmUpSteps, totalSteps, shape);
    }

    /// <summary>1 after the warm-up.</summary>
    /// <param name="warmUpSteps">Steps of the rise from 0.</param>
    public static LearningRateSchedule Constant(long warmUpSteps = 0) => new(warmUpSteps, 0, _ => 1);

    /// <summary>From 1 after the warm-up to 0 at the last step, along a line.</summary>
    /// <param name="totalSteps">Step at which the rate is zero.</param>
    /// <param name="warmUpSteps">Steps of the rise from 0.</param>
    public static LearningRateSchedule Linear(long totalSteps, long warmUpSteps = 0) => new(warmUpSteps, totalSteps, t => 1 - t);

    /// <summary>From 1 after the warm-up to 0 at the last step, along half a cosine.</summary>
    /// <param name="totalSteps">Step at which the rate is zero.</param>
    /// <param name="warmUpSteps">Steps of the rise from 0.</param>
    public static LearningRateSchedule Cosine(long totalSteps, long warmUpSteps = 0) =>
        new(warmUpSteps, totalSteps, t => 0.5 * (1 + Math.Cos(Math.PI * t)));

    /// <summary>Factor on the full learning rate.</summary>
    /// <param name="step">Steps done before this one: 0 for the first.</param>
    /// <returns>0 to 1.</returns>
    public double Multiplier(long step)
    {
        if (step < warmUpSteps)
            return step / (double)Math.Max(1, warmUpSteps);
        return Math.Max(0, shape((step - warmUpSteps) / (double)Math.Max(1, totalSteps - warmUpSteps)));
    }
}
