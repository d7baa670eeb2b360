using System.Runtime.InteropServices;
using AlignT2I.Native;

namespace AlignT2I.Engine.Backends.Cuda;

/// <summary>
/// Pinned host memory for copies in the stream's order. Uploads are copied into a ring and return at once; a stretch is used again once
/// the stream has passed its upload. Downloads wait.
/// </summary>
internal sealed unsafe class CudaStaging(CudaDevice device) : IDisposable
{
    const int RingBytes = 32 << 20, LargestPiece = RingBytes / 4, DownloadBytes = 1 << 20, Alignment = 256;

    readonly Queue<(long End, CudaEvent Passed)> pending = [];
    readonly Stack<CudaEvent> events = [];
    readonly Lock gate = new();
    nint ring, download;
    long head, tail;        // positions in an endless ring: head is written next, tail is the oldest not passed

    /// <summary>Queues a copy of host memory; the span may be changed once this returns.</summary>
    public void Upload(ReadOnlySpan<byte> from, nint to)
    {
        lock (gate)
        {
            for (int start = 0; start < from.Length; start += LargestPiece)
            {
                ReadOnlySpan<byte> piece = from.Slice(start, Math.Min(LargestPiece, from.Length - start));
                nint host = Take(piece.Length);
                piece.CopyTo(new Span<byte>((void*)host, piece.Length));
                device.Driver.CopyToDevice(to + start, host, piece.Length, device.Stream);
                CudaEvent passed = events.TryPop(out CudaEvent old) ? old : device.Driver.CreateEvent();
                device.Driver.Record(passed, device.Stream);
                pending.Enqueue((head, passed));
            }
        }
    }

    /// <summary>Waits for the stream and copies device memory.</summary>
    public void Download(nint from, Span<byte> to)
    {
        lock (gate)
        {
            if (download == 0)
                download = device.Driver.AllocatePinned(DownloadBytes);
            for (int start = 0; start < to.Length; start += DownloadBytes)
            {
                Span<byte> piece = to.Slice(start, Math.Min(DownloadBytes, to.Length - start));
                device.Driver.CopyToHost(download, from + start, piece.Length, device.Stream);
                device.Synchronize();
                new ReadOnlySpan<byte>((void*)download, piece.Length).CopyTo(piece);
            }
        }
    }

    public void Dispose()
    {
        device.Synchronize();
        while (pending.TryDequeue(out (long End, CudaEvent Passed) upload))
            device.Driver.DestroyEvent(upload.Passed);
        while (events.TryPop(out CudaEvent old))
            device.Driver.DestroyEvent(old);
        if (ring != 0)
            device.Driver.FreePinned(ring);
        if (download != 0)
            device.Driver.FreePinned(download);
    }

    /// <summary>A stretch of the ring that no queued upload reads.</summary>
    nint Take(int bytes)
    {
        if (ring == 0)
            ring = device.Driver.AllocatePinned(RingBytes);
        long start = (head + Alignment - 1) / Alignment * Alignment;
        if (start % RingBytes + bytes > RingBytes)
            start = (start / RingBytes + 1) * RingBytes;        // pieces do not wrap
        while (pending.TryPeek(out (long End, CudaEvent Passed) oldest)
            && (start + bytes - tail > RingBytes || device.Driver.IsReached(oldest.Passed)))
        {
            device.Driver.Synchronize(oldest.Passed);
            tail = oldest.End;
            events.Push(oldest.Passed);
            pending.Dequeue();
        }

        head = start + bytes;
        return ring + (nint)(start % RingBytes);
    }
}
