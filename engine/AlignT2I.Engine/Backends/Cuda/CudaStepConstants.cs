namespace AlignT2I.Engine.Backends.Cuda;

/// <summary>The constants of an optimizer step, as Constants in optimizer.cu.</summary>
internal struct CudaStepConstants
{
    public float Beta1, Rest1, Beta2, Rest2, L2, Decay, StepSize, RootScale, Epsilon, Scale, AverageFraction, Momentum;
    public int Nesterov;

    public static CudaStepConstants Of(AdamStep step) => new()
    {
        Beta1 = (float)step.Beta1,
        Rest1 = (float)(1 - step.Beta1),
        Beta2 = (float)step.Beta2,
        Rest2 = (float)(1 - step.Beta2),
        L2 = (float)step.L2,
        Decay = (float)step.Decay,
        StepSize = (float)step.StepSize,
        RootScale = (float)step.RootScale,
        Epsilon = (float)step.Epsilon,
        Scale = (float)step.GradientScale,
        AverageFraction = (float)step.AverageFraction,
    };

    public static CudaStepConstants Of(SgdStep step) => new()
    {
        L2 = (float)step.L2,
        StepSize = (float)step.LearningRate,
        Momentum = (float)step.Momentum,
        Nesterov = step.Nesterov ? 1 : 0,
        Scale = (float)step.GradientScale,
        AverageFraction = (float)step.AverageFraction,
    };
}
