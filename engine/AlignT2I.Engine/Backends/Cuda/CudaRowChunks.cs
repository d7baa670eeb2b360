namespace AlignT2I.Engine.Backends.Cuda;

/// <summary>How a long row is cut into chunks, each the sum of one block.</summary>
/// <param name="Count">Chunks, no more than a grid is high.</param>
/// <param name="Columns">Elements of each but the last; a multiple of every pack.</param>
internal readonly record struct CudaRowChunks(int Count, long Columns)
{
    const long Fewest = 16384, MostChunks = 65535;

    public static CudaRowChunks Of(long columns)
    {
        long length = Fewest * Math.Max(1, CudaBackend.Divide(columns, Fewest * MostChunks));
        return new CudaRowChunks(CudaBackend.Divide(columns, length), length);
    }
}
