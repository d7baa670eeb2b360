using AlignT2I.Engine;

namespace AlignT2I.Models.Inception;

/// <summary>From a 35 x 35 grid to one of 17 x 17.</summary>
/// <remarks>Szegedy et al. 2015, arXiv:1512.00567, figure 10. Parameter names as in torchvision's InceptionB.</remarks>
internal sealed class InceptionB : Module<Tensor>
{
    readonly ConvBatchNorm branch3, doubleFirst, doubleSecond, doubleThird;

    public InceptionB(ParameterBuilder p, int inChannels)
    {
        branch3 = new ConvBatchNorm(p["branch3x3"], inChannels, 384, kernel: 3, stride: 2);
        doubleFirst = new ConvBatchNorm(p["branch3x3dbl_1"], inChannels, 64, kernel: 1);
        doubleSecond = ConvBatchNorm.Same(p["branch3x3dbl_2"], 64, 96, kernel: 3);
        doubleThird = new ConvBatchNorm(p["branch3x3dbl_3"], 96, 96, kernel: 3, stride: 2);
    }

    /// <param name="x">Feature map [N, H, W, inChannels].</param>
    /// <returns>[N, (H - 1) / 2, (W - 1) / 2, inChannels + 480].</returns>
    protected override Tensor Forward(Tensor x) => F.Concat(
        branch3.Call(x),
        doubleThird.Call(doubleSecond.Call(doubleFirst.Call(x))),
        F.MaxPool2d(x, kernel: 3, stride: 2));
}
