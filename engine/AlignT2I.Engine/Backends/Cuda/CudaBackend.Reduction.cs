using AlignT2I.Native;

namespace AlignT2I.Engine.Backends.Cuda;

internal sealed partial class CudaBackend
{
    /// <summary>Columns up to which a warp does a row; from here on a block does.</summary>
    const int WarpColumns = 1024;

    internal override void SumRows(Tensor x, double multiply, Tensor y) => ReduceRows("sum_rows", x, null, multiply, y);

    internal override void DotRows(Tensor a, Tensor b, Tensor y) => ReduceRows("dot_rows", a, b, 1, y);

    internal override void SumGroups(Tensor x, int groups, Tensor y) => ReduceColumns("sum_columns", x, null, groups, y);

    internal override void DotGroups(Tensor a, Tensor b, int groups, Tensor y) => ReduceColumns("dot_columns", a, b, groups, y);

    internal override void BiasBackward(Tensor dy, Tensor dbias) => ReduceColumns("sum_columns", dy, null, 1, dbias);

    internal override void L2NormalizeForward(Tensor x, double eps, Tensor y, Tensor norm)
    {
        long rows = norm.Count;
        if (rows == 0)
            return;
        int columns = x.Shape[^1];
        Launch(
            Kernel("reduction.cu", x.DType, RowForm("l2_normalize_forward", columns, x.DType)), RowBlocks(rows, columns),
            P(x), P(y), P(norm), rows, columns, (float)eps);
    }

    internal override void L2NormalizeBackward(Tensor y, Tensor norm, double eps, Tensor dy, Tensor dx)
    {
        long rows = norm.Count;
        if (rows == 0)
            return;
        int columns = y.Shape[^1];
        Launch(
            Kernel("reduction.cu", y.DType, RowForm("l2_normalize_backward", columns, y.DType)), RowBlocks(rows, columns),
            P(y), P(norm), P(dy), P(dx), rows, columns, (float)eps);
    }

    void ReduceRows(string kernel, Tensor a, Tensor? b, double multiply, Tensor y)
    {
        long rows = y.Count;
        if (rows == 0)
            return;
        RequireFloat(y);
        long columns = a.Count / rows;
        if (columns == 0)
        {
            Fill(y, multiply * 0);      // NaN for the mean of nothing
            return;
        }

        CudaRowChunks chunks = CudaRowChunks.Of(columns);
        bool warp = columns <= WarpColumns, packs = rows == 1 || columns % PackWidth(a.DType) == 0;
        CudaFunction function = Kernel("reduction.cu", a.DType, kernel + (warp ? "_warp" : "_block") + (packs ? "" : "_scalar"));
        using CudaScratch partial = Scratch(rows * chunks.Count * sizeof(float));
        LaunchShape shape = new(warp ? Divide(rows, 8) : checked((int)rows), chunks.Count, 1, Threads, 1, 1, 0);
        if (b is null)
            Launch(function, shape, P(a), partial.Pointer, rows, columns, chunks.Count, chunks.Columns);
        else
            Launch(function, shape, P(a), P(b), partial.Pointer, rows, columns, chunks.Count, chunks.Columns);
        Launch(
            Kernel("reduction.cu", DType.F32, "finish_rows"), Divide(rows, Threads), partial.Pointer, P(y), rows, chunks.Count, multiply);
    }

    void ReduceColumns(string kernel, Tensor a, Tensor? b, int groups, Tensor y)
    {
        if (y.Count == 0)
            return;
        RequireFloat(y);
        int columns = checked((int)(y.Count / groups));
        CudaColumnGrid grid = CudaColumnGrid.Of(groups, a.Count / y.Count, columns, a.DType, device.Multiprocessors);
        CudaFunction function = Kernel("reduction.cu", a.DType, Form(kernel, columns, a.DType));
        using CudaScratch partial = Scratch(grid.PartialCount * sizeof(float));
        if (b is null)
            Launch(function, grid.Shape, P(a), partial.Pointer, grid.GroupRows, columns, grid.Lanes, grid.Chunks, grid.ChunkRows);
        else
            Launch(function, grid.Shape, P(a), P(b), partial.Pointer, grid.GroupRows, columns, grid.Lanes, grid.Chunks, grid.ChunkRows);
        FinishColumns(partial.Pointer, y, columns, grid.Chunks);
    }

    void FinishColumns(nint partial, Tensor y, int columns, int chunks) =>
        Launch(Kernel("reduction.cu", DType.F32, "finish_columns"), Divide(y.Count, Threads), partial, P(y), y.Count, columns, chunks);

    static string RowForm(string name, long columns, DType dtype) =>
        Form(name + (columns <= WarpColumns ? "_warp" : "_block"), columns, dtype);

    static int RowBlocks(long rows, long columns) => columns <= WarpColumns ? Divide(rows, Threads / 32) : checked((int)rows);

    static void RequireFloat(Tensor y)
    {
        if (y.DType != DType.F32)
            throw new DTypeException($"sums on a CUDA device are F32, not {y.DType}.");
    }
}
