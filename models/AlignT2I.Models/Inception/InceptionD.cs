using AlignT2I.Engine;

namespace AlignT2I.Models.Inception;

/// <summary>From a 17 x 17 grid to one of 8 x 8.</summary>
/// <remarks>Szegedy et al. 2015, arXiv:1512.00567, figure 10. Parameter names as in torchvision's InceptionD.</remarks>
internal sealed class InceptionD : Module<Tensor>
{
    const int Reduced = 192;

    readonly ConvBatchNorm branch3First, branch3;
    readonly ConvBatchNorm[] branch7;

    public InceptionD(ParameterBuilder p, int inChannels)
    {
        branch3First = new ConvBatchNorm(p["branch3x3_1"], inChannels, Reduced, kernel: 1);
        branch3 = new ConvBatchNorm(p["branch3x3_2"], Reduced, 320, kernel: 3, stride: 2);
        branch7 =
        [
            new ConvBatchNorm(p["branch7x7x3_1"], inChannels, Reduced, kernel: 1),
            ConvBatchNorm.Same(p["branch7x7x3_2"], Reduced, Reduced, new Kernel2d(1, 7)),
            ConvBatchNorm.Same(p["branch7x7x3_3"], Reduced, Reduced, new Kernel2d(7, 1)),
            new ConvBatchNorm(p["branch7x7x3_4"], Reduced, Reduced, kernel: 3, stride: 2),
        ];
    }

    /// <param name="x">Feature map [N, H, W, inChannels].</param>
    /// <returns>[N, (H - 1) / 2, (W - 1) / 2, inChannels + 512].</returns>
    protected override Tensor Forward(Tensor x) => F.Concat(
        branch3.Call(branch3First.Call(x)),
        branch7.Aggregate(x, (h, layer) => layer.Call(h)),
        F.MaxPool2d(x, kernel: 3, stride: 2));
}
