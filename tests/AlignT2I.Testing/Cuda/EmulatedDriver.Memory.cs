using System.Runtime.InteropServices;
using AlignT2I.Native;

namespace AlignT2I.Testing;

/// <content>Memory: allocation is at once, freeing and copying in the stream's order.</content>
internal sealed unsafe partial class EmulatedDriver
{
    /// <summary>Blocks whose freeing is queued.</summary>
    readonly HashSet<EmulatedBlock> leaving = [];

    public (long Free, long Total) MemoryInfo() => (memory.TotalBytes - memory.LiveBytes, memory.TotalBytes);

    public nint Allocate(long bytes, CudaStream stream)
    {
        RefuseCapture("cuMemAllocAsync");
        _ = Stream(stream);
        if (memory.LiveBytes + bytes > memory.TotalBytes)
            Synchronize();      // what is freed but still in use comes back first, as on the device
        return memory.Allocate(bytes);
    }

    public void Free(nint pointer, CudaStream stream)
    {
        RefuseCapture("cuMemFreeAsync");
        EmulatedBlock block = memory.Freeable(pointer);
        if (!leaving.Add(block))
            throw new EmulationException($"{block} is freed twice.");
        Stream(stream).Add("cuMemFreeAsync", () =>
        {
            leaving.Remove(block);
            memory.Free(block);
        });
    }

    public void TrimMemory(int device, long keepBytes)
    {
    }

    public nint AllocatePinned(long bytes)
    {
        RefuseCapture("cuMemAllocHost");
        nint host = (nint)NativeMemory.AlignedAlloc((nuint)bytes, 256);
        memory.AddPinned(host, bytes);
        return host;
    }

    public void FreePinned(nint host)
    {
        Synchronize();      // a real driver waits too
        if (!memory.RemovePinned(host))
            throw new EmulationException($"0x{host:x} is freed as pinned memory, which it is not.");
        NativeMemory.AlignedFree((void*)host);
    }

    public void CopyToDevice(nint device, nint host, long bytes, CudaStream stream)
    {
        if (bytes == 0)
            return;
        if (memory.IsPinned(host, bytes))
        {
            Stream(stream).Add("cuMemcpyHtoDAsync", () => CopyIn(device, (void*)host, bytes));
            return;
        }

        if (Stream(stream).Capture is not null)
            throw new EmulationException("a copy from pageable host memory is captured: the graph would read it at every launch.");
        byte[] staged = new ReadOnlySpan<byte>((void*)host, checked((int)bytes)).ToArray();
        Stream(stream).Add("cuMemcpyHtoDAsync", () =>
        {
            fixed (byte* first = staged)
                CopyIn(device, first, bytes);
        });
    }

    public void CopyToHost(nint host, nint device, long bytes, CudaStream stream)
    {
        if (bytes == 0)
            return;
        EmulatedStream s = Stream(stream);
        s.Add("cuMemcpyDtoHAsync", () =>
        {
            memory.RequireReadable(device, bytes, "cuMemcpyDtoHAsync");
            Buffer.MemoryCopy((void*)device, (void*)host, bytes, bytes);
        });
        if (!memory.IsPinned(host, bytes) && s.Capture is null)
            s.Finish(s.Position);
    }

    public void CopyOnDevice(nint to, nint from, long bytes, CudaStream stream)
    {
        if (bytes == 0)
            return;
        Stream(stream).Add("cuMemcpyDtoDAsync", () =>
        {
            memory.RequireReadable(from, bytes, "cuMemcpyDtoDAsync");
            memory.Write(to, bytes, "cuMemcpyDtoDAsync");
            if (Math.Abs(to - from) < bytes)
                throw new EmulationException($"cuMemcpyDtoDAsync copies {bytes} bytes between ranges that overlap.");
            Buffer.MemoryCopy((void*)from, (void*)to, bytes, bytes);
        });
    }

    public void SetBytes(nint device, byte value, long bytes, CudaStream stream)
    {
        if (bytes == 0)
            return;
        Stream(stream).Add("cuMemsetD8Async", () =>
        {
            memory.Write(device, bytes, "cuMemsetD8Async");
            for (long i = 0; i < bytes; i += 1 << 30)
                new Span<byte>((byte*)device + i, (int)Math.Min(1 << 30, bytes - i)).Fill(value);
        });
    }

    void CopyIn(nint device, void* host, long bytes)
    {
        memory.Write(device, bytes, "cuMemcpyHtoDAsync");
        Buffer.MemoryCopy(host, (void*)device, bytes, bytes);
    }

}
