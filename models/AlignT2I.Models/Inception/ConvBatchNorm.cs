using AlignT2I.Engine;

namespace AlignT2I.Models.Inception;

/// <summary>Convolution, batch normalization by the statistics of training, ReLU.</summary>
/// <remarks>
/// Ioffe and Szegedy 2015, arXiv:1502.03167: with fixed statistics the normalization is a factor and a shift per channel, which here
/// go into the convolution's weight and bias. Parameter names as in torchvision's BasicConv2d.
/// </remarks>
internal sealed class ConvBatchNorm : Module<Tensor>
{
    const double Eps = 1e-3;

    readonly Tensor weight, scale, shift, mean, variance;
    readonly int stride;
    readonly Padding2d padding;

    public ConvBatchNorm(
        ParameterBuilder p, int inChannels, int outChannels, Kernel2d kernel, int stride = 1, Padding2d padding = default)
    {
        weight = p["conv"].Convolution("weight", outChannels, inChannels, kernel);
        scale = p["bn"].AccumulatorWeight("weight", [outChannels], Init.Ones);
        shift = p["bn"].AccumulatorWeight("bias", [outChannels], Init.Zeros);
        mean = p["bn"].AccumulatorWeight("running_mean", [outChannels], Init.Zeros);
        variance = p["bn"].AccumulatorWeight("running_var", [outChannels], Init.Ones);
        this.stride = stride;
        this.padding = padding;
    }

    /// <summary>A convolution whose result is of the size of the image: stride 1, half the kernel on each side.</summary>
    public static ConvBatchNorm Same(ParameterBuilder p, int inChannels, int outChannels, Kernel2d kernel)
    {
        int rows = kernel.Height / 2, columns = kernel.Width / 2;
        return new ConvBatchNorm(p, inChannels, outChannels, kernel, padding: new Padding2d(rows, rows, columns, columns));
    }

    /// <param name="x">Feature map [N, H, W, inChannels].</param>
    /// <returns>[N, (H + padding - kernel) / stride + 1, the same of W, outChannels].</returns>
    protected override Tensor Forward(Tensor x)
    {
        Tensor perDeviation = F.Exp(F.Affine(F.Log(F.Affine(variance, 1, Eps)), -0.5));     // 1 / sqrt(variance + eps)
        Tensor factor = F.Mul(scale, perDeviation);
        Tensor bias = F.Sub(shift, F.Mul(mean, factor));
        Tensor scaled = F.MulPerSample(F.Cast(weight, factor.DType), factor);
        return F.Conv2d(x, F.Cast(scaled, x.DType), F.Cast(bias, x.DType), stride, padding, activation: Activation.Relu);
    }
}
