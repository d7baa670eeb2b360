using System.Diagnostics;
using AlignT2I.Native;

namespace AlignT2I.Testing;

/// <summary>A CUDA driver without a GPU: kernels run on the CPU, and what a real device would not forgive is an exception.</summary>
internal sealed partial class EmulatedDriver(EmulatedMemory memory) : ICudaDriver
{
    readonly HandleTable<EmulatedStream> streams = new("stream");
    readonly HandleTable<EmulatedEvent> events = new("event");
    readonly EmulatedStream contextStream = new("the context's stream");
    readonly ThreadLocal<bool> isCurrent = new();
    int contexts;

    public Version Version => new(12, 8);

    public int DeviceCount => 1;

    public EmulatedMemory Memory => memory;

    public string DeviceName(int device) => "emulated device";

    /// <summary>Those of an H100, but for the number of multiprocessors: few, so that grids loop.</summary>
    public int DeviceAttribute(int device, CudaDeviceAttribute attribute) => attribute switch
    {
        CudaDeviceAttribute.MaxThreadsPerBlock => 1024,
        CudaDeviceAttribute.MaxSharedMemoryPerBlock => 48 << 10,
        CudaDeviceAttribute.WarpSize => 32,
        CudaDeviceAttribute.MultiprocessorCount => 2,
        CudaDeviceAttribute.L2CacheSize => 50 << 20,
        CudaDeviceAttribute.MaxThreadsPerMultiprocessor => 2048,
        CudaDeviceAttribute.ComputeCapabilityMajor => 9,
        CudaDeviceAttribute.ComputeCapabilityMinor => 0,
        CudaDeviceAttribute.MaxSharedMemoryPerBlockOptin => MaxSharedMemory,
        CudaDeviceAttribute.MemoryPoolsSupported => 1,
        _ => throw new CudaException("cuDeviceGetAttribute", 1, "CUDA_ERROR_INVALID_VALUE", $"attribute {attribute}"),
    };

    public CudaContext RetainPrimaryContext(int device)
    {
        contexts++;
        return new CudaContext(1);
    }

    public void ReleasePrimaryContext(int device)
    {
        if (contexts-- == 0)
            throw new EmulationException("the primary context is released more often than it was retained.");
    }

    public void MakeCurrent(CudaContext context)
    {
        if (context.Handle != 1 || contexts == 0)
            throw new EmulationException($"context {context.Handle} is made current, which is not retained.");
        isCurrent.Value = true;
    }

    public void Synchronize()
    {
        RefuseCapture("cuCtxSynchronize");
        foreach (EmulatedStream stream in streams.Live.Append(contextStream))
            stream.Finish(stream.Position);
    }

    public CudaStream CreateStream() => new(streams.Add(new EmulatedStream($"stream {streams.Live.Count + 1}")));

    public void DestroyStream(CudaStream stream)
    {
        EmulatedStream ended = streams[stream.Handle];
        if (ended.Capture is not null)
            throw new EmulationException($"{ended} is destroyed while it is captured.");
        ended.Finish(ended.Position);
        streams.Remove(stream.Handle);
    }

    public void Synchronize(CudaStream stream)
    {
        RefuseCapture("cuStreamSynchronize");
        EmulatedStream s = Stream(stream);
        s.Finish(s.Position);
    }

    public void Wait(CudaStream stream, CudaEvent mark)
    {
        EmulatedEvent awaited = events[mark.Handle];
        if (awaited.Stream is not { } other)
            return;     // never recorded: nothing to wait for
        if (other.Capture is not null || Stream(stream).Capture is not null)
        {
            if (other != Stream(stream))
                throw new EmulationException("a capture spans two streams; the emulated device records one.");
            return;
        }

        long position = awaited.Position;
        Stream(stream).Add("cuStreamWaitEvent", () => other.Finish(position));
    }

    public CudaEvent CreateEvent(bool timing = false) => new(events.Add(new EmulatedEvent(timing)));

    public void DestroyEvent(CudaEvent mark) => events.Remove(mark.Handle);

    public void Record(CudaEvent mark, CudaStream stream)
    {
        EmulatedEvent recorded = events[mark.Handle];
        EmulatedStream s = Stream(stream);
        s.Add("cuEventRecord", () => recorded.Time = Stopwatch.GetElapsedTime(0));
        recorded.Stream = s;
        recorded.Position = s.Position;
    }

    public void Synchronize(CudaEvent mark)
    {
        RefuseCapture("cuEventSynchronize");
        EmulatedEvent awaited = events[mark.Handle];
        awaited.Stream?.Finish(awaited.Position);
    }

    public bool IsReached(CudaEvent mark)
    {
        RefuseCapture("cuEventQuery");
        EmulatedEvent asked = events[mark.Handle];
        return asked.Stream is null || asked.Stream.HasReached(asked.Position);
    }

    public float ElapsedMilliseconds(CudaEvent start, CudaEvent end)
    {
        if (!events[start.Handle].Timing || !events[end.Handle].Timing)
            throw new EmulationException("time is asked of an event that was made without timing.");
        if (!IsReached(start) || !IsReached(end))
            throw new CudaException("cuEventElapsedTime", 600, "CUDA_ERROR_NOT_READY", "an event was not reached");
        return (float)(events[end.Handle].Time - events[start.Handle].Time).TotalMilliseconds;
    }

    /// <summary>Does all queued work, then names everything that was not given back.</summary>
    public IEnumerable<string> Leaks()
    {
        Synchronize();
        foreach (EmulatedBlock block in memory.Live)
            yield return $"{block} was never freed";
        if (memory.PinnedCount > 0)
            yield return $"{memory.PinnedCount} pinned allocations were never freed";
        if (streams.Live.Count > 0)
            yield return $"{streams.Live.Count} streams were never destroyed";
        if (events.Live.Count > 0)
            yield return $"{events.Live.Count} events were never destroyed";
        if (modules.Live.Count > 0)
            yield return $"{modules.Live.Count} modules were never unloaded";
        if (graphs.Live.Count + executables.Live.Count > 0)
            yield return $"{graphs.Live.Count} graphs and {executables.Live.Count} executable graphs were never destroyed";
        if (contexts > 0)
            yield return $"the primary context was retained {contexts} times more often than released";
    }

    /// <summary>A stream by its handle; 0 is the context's own.</summary>
    public EmulatedStream Stream(CudaStream stream) => stream.Handle == 0 ? contextStream : streams[stream.Handle];

    /// <summary>What would break a capture on a real device, or work there only by luck.</summary>
    public void RefuseCapture(string call)
    {
        if (streams.Live.FirstOrDefault(s => s.Capture is not null) is not { } captured)
            return;
        captured.CaptureBroken = true;
        throw new EmulationException($"{call} during the capture of {captured}.");
    }

    /// <summary>A library beside the driver works on the thread's current device: the first one where there is none.</summary>
    public void RequireContext(string call)
    {
        if (!isCurrent.Value)
            throw new EmulationException($"{call} on a thread that has no current context.");
    }
}
