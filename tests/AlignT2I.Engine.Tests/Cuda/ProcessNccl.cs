using AlignT2I.Native;

namespace AlignT2I.Engine.Tests.Cuda;

/// <summary>NCCL between ranks that are all in this process on the emulated device: a message moves once both ends are there.</summary>
internal sealed class ProcessNccl(ICudaDriver driver) : INccl
{
    readonly Dictionary<(nint From, nint To), Queue<(nint Device, long Bytes)>> sent = [], awaited = [];

    /// <summary>Communicators that were ended, and those that were given up.</summary>
    public int Left { get; private set; }

    public int Aborted { get; private set; }

    public byte[] NewId() => new byte[128];

    public nint Join(byte[] id, int rank, int size) => rank + 1;

    public void BeginGroup()
    {
    }

    public void EndGroup()
    {
    }

    public void Send(nint communicator, nint device, long bytes, int to, CudaStream stream) =>
        Add(sent, (communicator - 1, to), (device, bytes), stream);

    public void Receive(nint communicator, nint device, long bytes, int from, CudaStream stream) =>
        Add(awaited, (from, communicator - 1), (device, bytes), stream);

    public void Leave(nint communicator) => Left++;

    public void Abort(nint communicator) => Aborted++;

    void Add(
        Dictionary<(nint From, nint To), Queue<(nint Device, long Bytes)>> side, (nint From, nint To) way,
        (nint Device, long Bytes) memory, CudaStream stream)
    {
        if (!side.TryGetValue(way, out Queue<(nint Device, long Bytes)>? queue))
            side.Add(way, queue = []);
        queue.Enqueue(memory);
        if (!sent.TryGetValue(way, out Queue<(nint Device, long Bytes)>? from)
            || !awaited.TryGetValue(way, out Queue<(nint Device, long Bytes)>? to))
            return;
        while (from.Count > 0 && to.Count > 0)
        {
            ((nint source, long bytes), (nint target, long expected)) = (from.Dequeue(), to.Dequeue());
            Assert.That(bytes, Is.EqualTo(expected));
            driver.CopyOnDevice(target, source, bytes, stream);
        }
    }
}
