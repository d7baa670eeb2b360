namespace AlignT2I.Native;

/// <summary>How many threads run a kernel.</summary>
/// <param name="GridX">Blocks along x, 1 to 2^31 - 1.</param>
/// <param name="GridY">Blocks along y, 1 to 65,535.</param>
/// <param name="GridZ">Blocks along z, 1 to 65,535.</param>
/// <param name="BlockX">Threads of a block along x.</param>
/// <param name="BlockY">Threads of a block along y.</param>
/// <param name="BlockZ">Threads of a block along z.</param>
/// <param name="DynamicSharedMemory">Bytes of shared memory beside what the kernel declares.</param>
public readonly record struct LaunchShape(int GridX, int GridY, int GridZ, int BlockX, int BlockY, int BlockZ, int DynamicSharedMemory)
{
    /// <summary>A row of blocks, each a row of threads.</summary>
    public LaunchShape(int blocks, int threads, int dynamicSharedMemory = 0)
        : this(blocks, 1, 1, threads, 1, 1, dynamicSharedMemory)
    {
    }
}
