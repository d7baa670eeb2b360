using System.Numerics;

namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>Keeps what is freed for the next request: large blocks in a <see cref="BlockHeap"/>, small ones by size class.</summary>
/// <remarks>
/// The first touch of a fresh page costs ten times a cached write, so the hot loop must see none: nothing goes back to the system unless
/// it is asked for. Inside a parallel loop each thread keeps its own: see <see cref="NearBlocks"/>.
/// </remarks>
internal sealed class CpuMemoryPool : CpuAllocator
{
    const int Alignment = 64, Page = 4096;
    const int StepsPerOctave = 4;

    /// <summary>Largest block that has a size class; <see cref="SlabSize"/> of the heap at a time are cut into those.</summary>
    const long Small = 64 << 10, SlabSize = 2 << 20;

    readonly Lock gate = new();
    readonly BlockHeap heap = new();
    readonly Dictionary<long, Stack<nint>> small = [];
    nint slab;
    long slabRest;

    public override long ReservedBytes
    {
        get
        {
            lock (gate)
                return heap.ReservedBytes;
        }
    }

    /// <summary>Size of the block that serves a request: of a large one at most part of a page is unused.</summary>
    public static long BlockSize(long bytes)
    {
        if (bytes > Small)
            return RoundUp(bytes, Page);
        if (bytes <= Alignment * StepsPerOctave)
            return RoundUp(Math.Max(1, bytes), Alignment);
        return RoundUp(bytes, (1L << BitOperations.Log2((ulong)(bytes - 1))) / StepsPerOctave);
    }

    public override nint Allocate(long bytes)
    {
        long size = BlockSize(bytes);
        if (CpuThreads.Near is { } near && near.TryTake(size, out nint own))
            return own;
        lock (gate)
        {
            if (size > Small)
                return heap.Allocate(size);
            return small.TryGetValue(size, out Stack<nint>? blocks) && blocks.TryPop(out nint block) ? block : Cut(size);
        }
    }

    public override void Free(nint block, long bytes)
    {
        long size = BlockSize(bytes);
        if (CpuThreads.Near is not { } near || !near.TryKeep(block, size))
            Return(block, size);
        else
            while (near.TryDrop(out nint dropped, out long droppedSize)) Return(dropped, droppedSize);
    }

    public override void Trim()
    {
        lock (gate)
            heap.Trim();
    }

    void Return(nint block, long size)
    {
        lock (gate)
        {
            if (size > Small)
            {
                heap.Free(block);
                return;
            }
            if (!small.TryGetValue(size, out Stack<nint>? blocks))
                small.Add(size, blocks = new Stack<nint>());
            blocks.Push(block);
        }
    }

    nint Cut(long size)
    {
        if (slabRest < size)
            (slab, slabRest) = (heap.Allocate(SlabSize), SlabSize);
        nint block = slab;
        slab += (nint)size;
        slabRest -= size;
        return block;
    }

    static long RoundUp(long bytes, long step) => (bytes + step - 1) / step * step;
}
