using AlignT2I.Engine;

namespace AlignT2I.Training;

/// <summary>The end of a training step, once its gradients are complete: they are clipped by their norm, and the optimizer steps.
/// It may be part of recorded work; where the gradients are not finite it changes nothing.</summary>
/// <param name="parameters">What is trained.</param>
/// <param name="optimizer">Prepared for each step, outside recorded work.</param>
/// <param name="maxNorm">Norm above which gradients are scaled down.</param>
internal sealed class ClippedUpdate(ParameterStore parameters, Optimizer optimizer, double maxNorm) : IDisposable
{
    readonly Tensor squaredNorm = Tensor.Zeros([], DType.F64, parameters.Backend).Persist();

    /// <summary>The norm of the last step's gradients, before they were clipped. Waits for the device.</summary>
    public double Norm => Math.Sqrt(squaredNorm.Item());

    public void Apply()
    {
        squaredNorm.CopyFrom(GradientNorm.Squared(parameters.Parameters)!);
        optimizer.Apply(new GradientClip(squaredNorm, maxNorm));
    }

    public void Dispose() => squaredNorm.Dispose();
}
