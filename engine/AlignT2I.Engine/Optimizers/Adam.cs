namespace AlignT2I.Engine;

/// <summary>Adam; weight decay is L2 regularization, added to the gradient before the moments.</summary>
/// <remarks>Kingma and Ba 2015, arXiv:1412.6980, with the order of operations of torch.optim.Adam.</remarks>
/// <param name="parameters">What to train.</param>
/// <param name="beta1">Decay of the mean of the gradients.</param>
/// <param name="beta2">Decay of the mean of their squares.</param>
/// <param name="epsilon">Added to the root of the mean square.</param>
/// <param name="weightDecay">Factor of the parameter in the gradient.</param>
public sealed class Adam(
    IEnumerable<Parameter> parameters, double beta1 = 0.9, double beta2 = 0.999, double epsilon = 1e-8, double weightDecay = 0)
    : Optimizer("Adam", parameters, "exp_avg", "exp_avg_sq")
{
    private protected override double[] Constants(double learningRate, double gradientScale, double averageFraction) =>
        new AdamStep(
            beta1, beta2, epsilon, L2: weightDecay, Decay: 1,
            learningRate / (1 - Math.Pow(beta1, StepCount)), 1 / Math.Sqrt(1 - Math.Pow(beta2, StepCount)),
            gradientScale, averageFraction).ToArray();

    private protected override void Update(Backend backend, OptimizerSlot[] slots, Tensor constants, GradientClip? clip) =>
        backend.AdamStep(slots, constants, clip);
}
