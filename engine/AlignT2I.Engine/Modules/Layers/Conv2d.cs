namespace AlignT2I.Engine;

/// <summary>2-D convolution of NHWC images, plus a bias per image and a residual.</summary>
/// <remarks>Parameters <c>weight</c> ([O, I, k, k] in files) and <c>bias</c> [O].</remarks>
public sealed class Conv2d : Module<Tensor, Tensor?, Tensor?>
{
    readonly Tensor weight;
    readonly Tensor? bias;
    readonly int stride;
    readonly Padding2d padding;

    /// <summary>A layer with a square kernel, started as torch.nn.Conv2d.</summary>
    public Conv2d(
        ParameterBuilder p, int inChannels, int outChannels, int kernel, int stride = 1, Padding2d padding = default, bool bias = true)
    {
        weight = p.Convolution("weight", outChannels, inChannels, kernel);
        this.bias = bias ? p.Weight("bias", [outChannels], Init.KaimingUniform(inChannels * kernel * kernel)) : null;
        this.stride = stride;
        this.padding = padding;
    }

    /// <inheritdoc cref="Forward"/>
    public new Tensor Call(Tensor x, Tensor? sampleBias = null, Tensor? residual = null) => base.Call(x, sampleBias, residual);

    /// <param name="x">[N, H, W, inChannels].</param>
    /// <param name="sampleBias">[N, outChannels], added to every pixel of an image; null for none.</param>
    /// <param name="residual">The shape of the result; null for none.</param>
    /// <returns>[N, (H + padding - kernel) / stride + 1, (W + padding - kernel) / stride + 1, outChannels].</returns>
    protected override Tensor Forward(Tensor x, Tensor? sampleBias, Tensor? residual) =>
        F.Conv2d(x, weight, bias, stride, padding, sampleBias, residual);
}
