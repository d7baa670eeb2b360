using System.Numerics;
using System.Runtime.InteropServices;

namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>Aligned blocks by size class; a freed block waits for the next request of its class and never goes back to the system.</summary>
/// <remarks>The first touch of a fresh page costs ten times a cached write, so the hot loop must see none.</remarks>
internal sealed unsafe class CpuMemoryPool
{
    const int Alignment = 64;
    const int StepsPerOctave = 4;

    readonly Lock gate = new();
    readonly Dictionary<long, Stack<nint>> free = [];

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
            if (free.TryGetValue(size, out Stack<nint>? blocks) && blocks.TryPop(out nint block))
                return block;
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
            if (!free.TryGetValue(size, out Stack<nint>? blocks))
                free.Add(size, blocks = new Stack<nint>());
            blocks.Push(pointer);
        }
    }

    /// <summary>Rounds up to a quarter of the power of two below, so that at most a fifth of a block is unused.</summary>
    static long SizeClass(long bytes)
    {
        if (bytes <= Alignment * StepsPerOctave)
            return Math.Max(Alignment, (bytes + Alignment - 1) / Alignment * Alignment);
        long step = (1L << BitOperations.Log2((ulong)(bytes - 1))) / StepsPerOctave;
        return (bytes + step - 1) / step * step;
    }
}
