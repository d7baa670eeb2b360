using AlignT2I.Engine;

namespace AlignT2I.Models.Inception;

/// <summary>17 x 17 grid: windows of 7 x 7 in rows and columns, once and twice, and a pool.</summary>
/// <remarks>Szegedy et al. 2015, arXiv:1512.00567, figure 6. Parameter names as in torchvision's InceptionC.</remarks>
internal sealed class InceptionC : Module<Tensor>
{
    const int OutChannels = 192;

    static readonly Kernel2d row = new(1, 7), column = new(7, 1);

    readonly ConvBatchNorm branch1, branchPool;
    readonly ConvBatchNorm[] branch7, branchDouble;

    public InceptionC(ParameterBuilder p, int inChannels, int channels7)
    {
        branch1 = new ConvBatchNorm(p["branch1x1"], inChannels, OutChannels, kernel: 1);
        branch7 =
        [
            new ConvBatchNorm(p["branch7x7_1"], inChannels, channels7, kernel: 1),
            ConvBatchNorm.Same(p["branch7x7_2"], channels7, channels7, row),
            ConvBatchNorm.Same(p["branch7x7_3"], channels7, OutChannels, column),
        ];
        branchDouble =
        [
            new ConvBatchNorm(p["branch7x7dbl_1"], inChannels, channels7, kernel: 1),
            ConvBatchNorm.Same(p["branch7x7dbl_2"], channels7, channels7, column),
            ConvBatchNorm.Same(p["branch7x7dbl_3"], channels7, channels7, row),
            ConvBatchNorm.Same(p["branch7x7dbl_4"], channels7, channels7, column),
            ConvBatchNorm.Same(p["branch7x7dbl_5"], channels7, OutChannels, row),
        ];
        branchPool = new ConvBatchNorm(p["branch_pool"], inChannels, OutChannels, kernel: 1);
    }

    /// <param name="x">Feature map [N, H, W, inChannels].</param>
    /// <returns>[N, H, W, 768].</returns>
    protected override Tensor Forward(Tensor x) => F.Concat(
        branch1.Call(x),
        branch7.Aggregate(x, (h, layer) => layer.Call(h)),
        branchDouble.Aggregate(x, (h, layer) => layer.Call(h)),
        branchPool.Call(InceptionV3.MeanOfNeighbours(x)));
}
