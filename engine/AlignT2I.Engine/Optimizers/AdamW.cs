namespace AlignT2I.Engine;

/// <summary>Adam with decoupled weight decay: the parameter shrinks by learningRate * weightDecay, the moments do not see it.</summary>
/// <remarks>Loshchilov and Hutter 2019, arXiv:1711.05101, with the order of operations of torch.optim.AdamW.</remarks>
/// <param name="parameters">What to train.</param>
/// <param name="beta1">Decay of the mean of the gradients.</param>
/// <param name="beta2">Decay of the mean of their squares.</param>
/// <param name="epsilon">Added to the root of the mean square.</param>
/// <param name="weightDecay">Fraction of the parameter lost in a step of rate 1.</param>
public sealed class AdamW(
    IEnumerable<Parameter> parameters, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double weightDecay = 1e-2)
    : Optimizer("AdamW", parameters, "exp_avg", "exp_avg_sq")
{
    private protected override double[] Constants(double learningRate, double gradientScale, double averageFraction) =>
        new AdamStep(
            beta1, beta2, epsilon, L2: 0, Decay: 1 - learningRate * weightDecay,
            learningRate / (1 - Math.Pow(beta1, StepCount)), 1 / Math.Sqrt(1 - Math.Pow(beta2, StepCount)),
            gradientScale, averageFraction).ToArray();

    private protected override void Update(Backend backend, OptimizerSlot[] slots, Tensor constants, GradientClip? clip) =>
        backend.AdamStep(slots, constants, clip);
}
