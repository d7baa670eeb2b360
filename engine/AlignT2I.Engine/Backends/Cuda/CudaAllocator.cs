using System.Numerics;
using AlignT2I.Native;

namespace AlignT2I.Engine.Backends.Cuda;

/// <summary>
/// Device memory in the order of one stream: a freed block is at once the next request's of its size class, since the work that used it
/// is ahead in the stream. Blocks go back to the driver only when it has no more, or with the backend.
/// </summary>
internal sealed class CudaAllocator(CudaDevice device, bool cache)
{
    const int Granule = 512;
    const int StepsPerOctave = 8;

    readonly Lock gate = new();
    readonly Dictionary<nint, CudaBlock> live = [];
    readonly CudaPool common = new();
    readonly CudaPool recorded = new();
    bool recording;

    public long LiveBytes { get; private set; }

    public long PeakBytes { get; private set; }

    public long ReservedBytes { get; private set; }

    /// <summary>
    /// Whether recorded work is at hand, whose own tensors come from a pool apart: a replay writes where they were, whatever is there
    /// then.
    /// </summary>
    public bool IsRecording
    {
        get => recording;
        set
        {
            lock (gate)
                recording = value;
        }
    }

    /// <summary>Blocks of recorded work in use: none between its runs.</summary>
    public int RecordedBlocks { get; private set; }

    /// <summary>Whether the stream is captured: the driver cannot be asked for memory then.</summary>
    public bool IsCapturing { get; set; }

    public nint Allocate(long bytes)
    {
        long size = cache ? SizeClass(bytes) : Math.Max(1, bytes);
        lock (gate)
        {
            CudaPool pool = recording ? recorded : common;
            if (!pool.TryTake(size, out nint block))
            {
                block = AskDriver(size, bytes);
                ReservedBytes += size;
            }

            live.Add(block, new CudaBlock(size, bytes, pool, MemoryScope.CurrentModule));
            RecordedBlocks += recording ? 1 : 0;
            LiveBytes += bytes;
            PeakBytes = Math.Max(PeakBytes, LiveBytes);
            return block;
        }
    }

    public void Free(nint pointer)
    {
        lock (gate)
        {
            if (!live.Remove(pointer, out CudaBlock block))
                throw new InvalidOperationException($"device memory at {pointer:x} was freed twice.");
            LiveBytes -= block.Bytes;
            RecordedBlocks -= block.Pool == recorded ? 1 : 0;
            if (cache || block.Pool == recorded)
                block.Pool.Put(block.Size, pointer);
            else
                Return(pointer, block.Size);
        }
    }

    /// <summary>Gives free blocks back to the driver.</summary>
    public void ReleaseFree() => Release(common);

    /// <summary>The same for the blocks of recorded work, once there is none that could run.</summary>
    public void ReleaseRecorded() => Release(recorded);

    void Release(CudaPool pool)
    {
        lock (gate)
        {
            foreach ((nint block, long size) in pool.Empty())
                Return(block, size);
        }
    }

    nint AskDriver(long size, long bytes)
    {
        if (IsCapturing)
        {
            throw new InvalidOperationException(
                $"a recorded step asked for {Bytes(bytes)} that its first run did not need; its shapes must be the same every time.");
        }

        try
        {
            return device.Driver.Allocate(size, device.Stream);
        }
        catch (CudaException e) when (e.IsOutOfMemory)
        {
            ReleaseFree();
            device.Synchronize();
            device.Driver.TrimMemory(device.Index, 0);
        }

        try
        {
            return device.Driver.Allocate(size, device.Stream);
        }
        catch (CudaException e) when (e.IsOutOfMemory)
        {
            throw new DeviceMemoryException(Explain(bytes));
        }
    }

    void Return(nint block, long size)
    {
        device.Driver.Free(block, device.Stream);
        ReservedBytes -= size;
    }

    string Explain(long bytes)
    {
        (long free, long total) = device.Driver.MemoryInfo();
        IEnumerable<string> modules = live.Values.GroupBy(b => b.Module)
            .Select(g => (Module: g.Key.Length == 0 ? "outside modules" : g.Key, Bytes: g.Sum(b => b.Bytes)))
            .OrderByDescending(g => g.Bytes).Take(5).Select(g => $"{g.Module} {Bytes(g.Bytes)}");
        string asking = MemoryScope.CurrentModule is { Length: > 0 } module ? $" in {module}" : "";
        return $"cuda:{device.Index} ({device.Name}) has no memory for {Bytes(bytes)} more{asking}: {Bytes(LiveBytes)} are live "
            + $"({string.Join(", ", modules)}), {Bytes(free)} of {Bytes(total)} free. "
            + "Lower the batch size (with more gradient accumulation), compute in bfloat16, "
            + "or recompute activations by gradient checkpointing.";
    }

    static string Bytes(long bytes) => bytes switch
    {
        < 1 << 10 => $"{bytes} B",
        < 1 << 20 => $"{bytes / 1024.0:0.#} KiB",
        < 1 << 30 => $"{bytes / (1024.0 * 1024):0.#} MiB",
        _ => $"{bytes / (1024.0 * 1024 * 1024):0.##} GiB",
    };

    /// <summary>Rounds up to an eighth of the power of two below: at most a ninth of a large block is unused.</summary>
    static long SizeClass(long bytes)
    {
        if (bytes <= Granule * StepsPerOctave)
            return Math.Max(Granule, (bytes + Granule - 1) / Granule * Granule);
        long step = (1L << BitOperations.Log2((ulong)(bytes - 1))) / StepsPerOctave;
        return (bytes + step - 1) / step * step;
    }
}
