using AlignT2I.Engine;

namespace AlignT2I.Models.Inception;

/// <summary>35 x 35 grid: windows of 1, 5 and 3 twice, and a pool.</summary>
/// <remarks>Szegedy et al. 2015, arXiv:1512.00567, figure 5. Parameter names as in torchvision's InceptionA.</remarks>
internal sealed class InceptionA : Module<Tensor>
{
    readonly ConvBatchNorm branch1, branch5First, branch5, branch3First, branch3Second, branch3, branchPool;

    public InceptionA(ParameterBuilder p, int inChannels, int poolFeatures)
    {
        branch1 = new ConvBatchNorm(p["branch1x1"], inChannels, 64, kernel: 1);
        branch5First = new ConvBatchNorm(p["branch5x5_1"], inChannels, 48, kernel: 1);
        branch5 = ConvBatchNorm.Same(p["branch5x5_2"], 48, 64, kernel: 5);
        branch3First = new ConvBatchNorm(p["branch3x3dbl_1"], inChannels, 64, kernel: 1);
        branch3Second = ConvBatchNorm.Same(p["branch3x3dbl_2"], 64, 96, kernel: 3);
        branch3 = ConvBatchNorm.Same(p["branch3x3dbl_3"], 96, 96, kernel: 3);
        branchPool = new ConvBatchNorm(p["branch_pool"], inChannels, poolFeatures, kernel: 1);
    }

    /// <param name="x">Feature map [N, H, W, inChannels].</param>
    /// <returns>[N, H, W, 224 + poolFeatures].</returns>
    protected override Tensor Forward(Tensor x) => F.Concat(
        branch1.Call(x),
        branch5.Call(branch5First.Call(x)),
        branch3.Call(branch3Second.Call(branch3First.Call(x))),
        branchPool.Call(InceptionV3.MeanOfNeighbours(x)));
}
