using AlignT2I.Engine;

namespace AlignT2I.Models.Inception;

/// <summary>8 x 8 grid: windows of 3 x 3 that end in a row and a column side by side, and a pool.</summary>
/// <remarks>Szegedy et al. 2015, arXiv:1512.00567, figure 7. Parameter names as in torchvision's InceptionE.</remarks>
internal sealed class InceptionE : Module<Tensor>
{
    const int Half = 384;

    static readonly Kernel2d row = new(1, 3), column = new(3, 1);

    readonly ConvBatchNorm branch1, branch3, branch3Row, branch3Column, doubleFirst, doubleSecond, doubleRow, doubleColumn, branchPool;
    readonly Func<Tensor, Tensor> pool;

    /// <param name="p">The block's parameters.</param>
    /// <param name="inChannels">Channels of its input.</param>
    /// <param name="pool">What the last branch reads: the mean or the maximum of the neighbours.</param>
    public InceptionE(ParameterBuilder p, int inChannels, Func<Tensor, Tensor> pool)
    {
        branch1 = new ConvBatchNorm(p["branch1x1"], inChannels, 320, kernel: 1);
        branch3 = new ConvBatchNorm(p["branch3x3_1"], inChannels, Half, kernel: 1);
        branch3Row = ConvBatchNorm.Same(p["branch3x3_2a"], Half, Half, row);
        branch3Column = ConvBatchNorm.Same(p["branch3x3_2b"], Half, Half, column);
        doubleFirst = new ConvBatchNorm(p["branch3x3dbl_1"], inChannels, 448, kernel: 1);
        doubleSecond = ConvBatchNorm.Same(p["branch3x3dbl_2"], 448, Half, kernel: 3);
        doubleRow = ConvBatchNorm.Same(p["branch3x3dbl_3a"], Half, Half, row);
        doubleColumn = ConvBatchNorm.Same(p["branch3x3dbl_3b"], Half, Half, column);
        branchPool = new ConvBatchNorm(p["branch_pool"], inChannels, 192, kernel: 1);
        this.pool = pool;
    }

    /// <param name="x">Feature map [N, H, W, inChannels].</param>
    /// <returns>[N, H, W, 2048].</returns>
    protected override Tensor Forward(Tensor x)
    {
        Tensor once = branch3.Call(x), twice = doubleSecond.Call(doubleFirst.Call(x));
        return F.Concat(
            branch1.Call(x), branch3Row.Call(once), branch3Column.Call(once), doubleRow.Call(twice), doubleColumn.Call(twice),
            branchPool.Call(pool(x)));
    }
}
