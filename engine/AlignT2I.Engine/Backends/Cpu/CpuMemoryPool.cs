using System.Numerics;
using System.Runtime.InteropServices;

namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>Aligned blocks by size class; a freed block waits for the next request of its class or of one a little smaller.</summary>
/// <remarks>
/// The first touch of a fresh page costs ten times a cached write, so the hot loop must see none: nothing goes back to the system unless
/// it is asked for.
/// </remarks>
internal sealed unsafe class CpuMemoryPool
{
    const int Alignment = 64;
    const int SmallSteps = 4, LargeSteps = 16;
    const long Large = 1 << 20, Huge = 1 << 25;

    readonly Lock gate = new();
    readonly Dictionary<long, Stack<nint>> free = [];
    readonly Dictionary<nint, long> lent = [];      // blocks in use for less than their size

    public long LiveBytes { get; private set; }

    public long PeakBytes { get; private set; }

    public long ReservedBytes { get; private set; }

    /// <summary>Starts <see cref="PeakBytes"/> again from what is live now.</summary>
    public void ResetPeak()
    {
        lock (gate)
            PeakBytes = LiveBytes;
    }

    public nint Allocate(long bytes)
    {
        long size = SizeClass(bytes);
        lock (gate)
        {
            LiveBytes += size;
            PeakBytes = Math.Max(PeakBytes, LiveBytes);
            for (long candidate = size; candidate <= size + size / SmallSteps; candidate = SizeClass(candidate + 1))
            {
                if (!free.TryGetValue(candidate, out Stack<nint>? blocks) || !blocks.TryPop(out nint block))
                    continue;
                if (candidate != size)
                    lent[block] = candidate;
                return block;
            }
            ReservedBytes += size;
        }

        return (nint)NativeMemory.AlignedAlloc((nuint)size, Alignment);
    }

    public void Free(nint pointer, long bytes)
    {
        long size = SizeClass(bytes);
        lock (gate)
        {
            LiveBytes -= size;
            if (lent.Remove(pointer, out long whole))
                size = whole;
            if (!free.TryGetValue(size, out Stack<nint>? blocks))
                free.Add(size, blocks = new Stack<nint>());
            blocks.Push(pointer);
        }
    }

    /// <summary>Gives huge blocks that wait for a request back to the system.</summary>
    public void Trim()
    {
        lock (gate)
        {
            foreach ((long size, Stack<nint> blocks) in free.Where(f => f.Key >= Huge))
            {
                while (blocks.TryPop(out nint block))
                {
                    NativeMemory.AlignedFree((void*)block);
                    ReservedBytes -= size;
                }
            }
        }
    }

    /// <summary>
    /// Rounds up to a quarter of the power of two below, so that at most a fifth of a block is unused; from a mebibyte on to a sixteenth,
    /// as weights are.
    /// </summary>
    static long SizeClass(long bytes)
    {
        if (bytes <= Alignment * SmallSteps)
            return Math.Max(Alignment, (bytes + Alignment - 1) / Alignment * Alignment);
        long step = (1L << BitOperations.Log2((ulong)(bytes - 1))) / (bytes >= Large ? LargeSteps : SmallSteps);
        return (bytes + step - 1) / step * step;
    }
}
