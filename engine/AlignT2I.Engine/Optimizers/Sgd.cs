namespace AlignT2I.Engine;

/// <summary>Stochastic gradient descent, with momentum if wanted; weight decay is L2 regularization, added to the gradient.</summary>
/// <remarks>Sutskever et al. 2013, with the definitions of torch.optim.SGD (no dampening).</remarks>
/// <param name="parameters">What to train.</param>
/// <param name="momentum">Decay of the sum of the gradients; 0 keeps no state.</param>
/// <param name="nesterov">Whether to look ahead along the momentum.</param>
/// <param name="weightDecay">Factor of the parameter in the gradient.</param>
public sealed class Sgd(IEnumerable<Parameter> parameters, double momentum = 0, bool nesterov = false, double weightDecay = 0)
    : Optimizer("Sgd", parameters, momentum == 0 ? [] : ["momentum_buffer"])
{
    private protected override double[] Constants(double learningRate, double gradientScale, double averageFraction) =>
        new SgdStep(learningRate, momentum, nesterov, weightDecay, gradientScale, averageFraction).ToArray();

    private protected override void Update(Backend backend, OptimizerSlot[] slots, Tensor constants, GradientClip? clip) =>
        backend.SgdStep(slots, constants, clip);
}
