using AlignT2I.Native;

namespace AlignT2I.Engine.Backends.Cuda;

internal sealed partial class CudaBackend
{
    const string GroupNormFile = "group_norm.cu", LayerNormFile = "layer_norm.cu";

    internal override void GroupNormForward(
        Tensor x, Tensor weight, Tensor bias, int groups, float eps, bool silu, Tensor y, Tensor mean, Tensor rstd)
    {
        if (x.Count == 0)
            return;
        CudaColumnGrid grid = GroupNormGrid(x);
        int channels = grid.Columns;
        using CudaScratch means = Scratch(grid.PartialCount * sizeof(float)), squares = Scratch(grid.PartialCount * sizeof(float));
        Launch(
            Kernel(GroupNormFile, x.DType, Form("group_norm_statistics", channels, x.DType)), grid.Shape,
            P(x), means.Pointer, squares.Pointer, grid.GroupRows, channels, grid.Lanes, grid.Chunks, grid.ChunkRows);
        Launch(
            Kernel(GroupNormFile, x.DType, "group_norm_combine"), new LaunchShape(grid.Groups * groups, 32),
            means.Pointer, squares.Pointer, P(mean), P(rstd), grid.GroupRows, channels, groups, grid.Chunks, grid.ChunkRows, eps);
        Launch(
            Kernel(GroupNormFile, x.DType, Form("group_norm_apply", channels, x.DType)), grid.Shape,
            P(x), P(weight), P(bias), P(mean), P(rstd), P(y),
            grid.GroupRows, channels, groups, grid.Lanes, grid.Chunks, grid.ChunkRows, silu);
    }

    internal override void GroupNormBackward(
        Tensor x, Tensor weight, Tensor? bias, Tensor mean, Tensor rstd, int groups, Tensor dy, Tensor dx, Tensor dweight, Tensor dbias)
    {
        if (x.Count == 0)
        {
            Fill(dweight, 0);
            Fill(dbias, 0);
            return;
        }

        CudaColumnGrid grid = GroupNormGrid(x);
        int channels = grid.Columns;
        long bytes = grid.PartialCount * sizeof(float), statistics = mean.Count * sizeof(float);
        using CudaScratch dz = Scratch(bytes), dzh = Scratch(bytes), averageG = Scratch(statistics), averageGh = Scratch(statistics);
        Launch(
            Kernel(GroupNormFile, x.DType, Form("group_norm_backward_sums", channels, x.DType)), grid.Shape,
            P(x), P(weight), P(bias), P(mean), P(rstd), P(dy), dz.Pointer, dzh.Pointer,
            grid.GroupRows, channels, groups, grid.Lanes, grid.Chunks, grid.ChunkRows);
        Launch(
            Kernel(GroupNormFile, x.DType, "group_norm_backward_groups"), new LaunchShape(grid.Groups * groups, 32),
            dz.Pointer, dzh.Pointer, P(weight), averageG.Pointer, averageGh.Pointer, grid.GroupRows, channels, groups, grid.Chunks);
        Launch(
            Kernel(GroupNormFile, x.DType, "group_norm_backward_parameters"), Divide(channels, Threads),
            dz.Pointer, dzh.Pointer, P(dweight), P(dbias), channels, (long)grid.Groups * grid.Chunks);
        Launch(
            Kernel(GroupNormFile, x.DType, Form("group_norm_backward_apply", channels, x.DType)), grid.Shape,
            P(x), P(weight), P(bias), P(mean), P(rstd), averageG.Pointer, averageGh.Pointer, P(dy), P(dx),
            grid.GroupRows, channels, groups, grid.Lanes, grid.Chunks, grid.ChunkRows);
    }

    internal override void LayerNormForward(Tensor x, Tensor weight, Tensor bias, float eps, Tensor y, Tensor mean, Tensor rstd)
    {
        if (x.Count == 0)
            return;
        int columns = x.Shape[^1];
        Launch(
            Kernel(LayerNormFile, x.DType, RowForm("layer_norm_forward", columns, x.DType)), RowBlocks(mean.Count, columns),
            P(x), P(weight), P(bias), P(y), P(mean), P(rstd), mean.Count, columns, eps);
    }

    internal override void LayerNormBackward(
        Tensor x, Tensor weight, Tensor mean, Tensor rstd, Tensor dy, Tensor dx, Tensor dweight, Tensor dbias)
    {
        if (x.Count == 0)
        {
            Fill(dweight, 0);
            Fill(dbias, 0);
            return;
        }

        int columns = x.Shape[^1];
        long rows = mean.Count;
        Launch(
            Kernel(LayerNormFile, x.DType, RowForm("layer_norm_backward", columns, x.DType)), RowBlocks(rows, columns),
            P(x), P(weight), P(mean), P(rstd), P(dy), P(dx), rows, columns);
        CudaColumnGrid grid = CudaColumnGrid.Of(1, rows, columns, x.DType, device.Multiprocessors);
        using CudaScratch scales = Scratch(grid.PartialCount * sizeof(float)), shifts = Scratch(grid.PartialCount * sizeof(float));
        Launch(
            Kernel(LayerNormFile, x.DType, Form("layer_norm_backward_parameters", columns, x.DType)), grid.Shape,
            P(x), P(mean), P(rstd), P(dy), scales.Pointer, shifts.Pointer, rows, columns, grid.Lanes, grid.Chunks, grid.ChunkRows);
        FinishColumns(scales.Pointer, dweight, columns, grid.Chunks);
        FinishColumns(shifts.Pointer, dbias, columns, grid.Chunks);
    }

    internal override void SoftmaxForward(Tensor x, Tensor y)
    {
        if (x.Count == 0)
            return;
        int columns = x.Shape[^1];
        long rows = x.Shape.Rows;
        Launch(
            Kernel("softmax.cu", x.DType, RowForm("softmax_forward", columns, x.DType)), RowBlocks(rows, columns),
            P(x), P(y), rows, columns);
    }

    internal override void SoftmaxBackward(Tensor y, Tensor dy, Tensor dx)
    {
        if (y.Count == 0)
            return;
        int columns = y.Shape[^1];
        long rows = y.Shape.Rows;
        Launch(
            Kernel("softmax.cu", y.DType, RowForm("softmax_backward", columns, y.DType)), RowBlocks(rows, columns),
            P(y), P(dy), P(dx), rows, columns);
    }

    CudaColumnGrid GroupNormGrid(Tensor x) =>
        CudaColumnGrid.Of(x.Shape[0], x.Count / x.Shape[0] / x.Shape[^1], x.Shape[^1], x.DType, device.Multiprocessors);
}
