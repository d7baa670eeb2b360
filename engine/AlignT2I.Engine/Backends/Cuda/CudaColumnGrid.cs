using AlignT2I.Native;

namespace AlignT2I.Engine.Backends.Cuda;

/// <summary>How a pass down the columns of [groups * GroupRows, Columns] is cut into blocks; see Kernels/columns.cuh.</summary>
/// <param name="Groups">Groups of rows.</param>
/// <param name="GroupRows">Rows of each.</param>
/// <param name="Columns">Columns.</param>
/// <param name="Lanes">Packs of columns that a block covers.</param>
/// <param name="Slabs">Blocks side by side.</param>
/// <param name="ChunkRows">Rows that a block goes through.</param>
/// <param name="Chunks">Blocks below each other, in a group.</param>
internal readonly record struct CudaColumnGrid(int Groups, long GroupRows, int Columns, int Lanes, int Slabs, int ChunkRows, int Chunks)
{
    const int Threads = 256;

    /// <summary>Rows below which another block is not worth its partial sums, per row that the block holds at once.</summary>
    const int FewestSteps = 4;

    /// <summary>Blocks that keep a multiprocessor busy.</summary>
    const int BlocksPerMultiprocessor = 4;

    public static CudaColumnGrid Of(long groups, long groupRows, int columns, DType dtype, int multiprocessors)
    {
        int width = 16 / dtype.Size, packs = columns % width == 0 ? columns / width : columns;
        int slabs = (packs + Threads - 1) / Threads, lanes = (packs + slabs - 1) / slabs, rowLanes = Threads / lanes;
        long wanted = Math.Max(1, (long)BlocksPerMultiprocessor * multiprocessors / Math.Max(1, groups * slabs));
        long most = Math.Max(1, groupRows / (rowLanes * FewestSteps));
        long chunks = Math.Min(wanted, most);
        int chunkRows = checked((int)Math.Max(1, (groupRows + chunks - 1) / chunks));
        chunks = Math.Max(1, (groupRows + chunkRows - 1) / chunkRows);
        return new CudaColumnGrid(checked((int)groups), groupRows, columns, lanes, slabs, chunkRows, checked((int)chunks));
    }

    /// <summary>Elements of one float result per group, chunk and column.</summary>
    public long PartialCount => (long)Groups * Chunks * Columns;

    public LaunchShape Shape => new(checked(Groups * Chunks), Slabs, 1, Threads, 1, 1, 0);
}
