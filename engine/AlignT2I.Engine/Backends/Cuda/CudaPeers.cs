using AlignT2I.Native;

namespace AlignT2I.Engine.Backends.Cuda;

/// <summary>Devices that NCCL connects. Messages have a stream of their own, beside that of the computations; events order the
/// two.</summary>
internal sealed class CudaPeers : DevicePeers
{
    readonly CudaDevice device;
    readonly INccl nccl;
    readonly nint communicator;
    readonly CudaStream stream;
    readonly int rank;
    int ended;

    public CudaPeers(CudaDevice device, INccl nccl, byte[] id, int rank, int size)
    {
        (this.device, this.nccl, this.rank) = (device, nccl, rank);
        stream = device.Driver.CreateStream();      // makes the device the thread's, which Join takes
        communicator = nccl.Join(id, rank, size);
    }

    public override Action BeginExchange(IReadOnlyList<Tensor> outgoing, IReadOnlyList<Tensor> incoming)
    {
        if (Volatile.Read(ref ended) != 0)
            throw new InvalidOperationException("the connection to the other GPUs has ended; its communicator is no more.");
        ICudaDriver driver = device.Driver;
        CudaEvent computed = driver.CreateEvent(), exchanged = driver.CreateEvent();
        driver.Record(computed, device.Stream);
        driver.Wait(stream, computed);
        nccl.BeginGroup();
        for (int peer = 0; peer < outgoing.Count; peer++)
        {
            if (peer == rank)
                continue;
            nccl.Send(communicator, outgoing[peer].Live.Pointer, Bytes(outgoing[peer]), peer, stream);
            nccl.Receive(communicator, incoming[peer].Live.Pointer, Bytes(incoming[peer]), peer, stream);
        }
        nccl.EndGroup();
        driver.Record(exchanged, stream);
        return () =>
        {
            device.Driver.Wait(device.Stream, exchanged);
            driver.DestroyEvent(computed);      // the driver keeps an event until the streams have passed it
            driver.DestroyEvent(exchanged);
        };
    }

    public override void Abort()
    {
        if (Interlocked.Exchange(ref ended, 1) == 0)
            nccl.Abort(communicator);
    }

    protected override void Dispose(bool disposing)
    {
        ICudaDriver driver = device.Driver;
        if (Interlocked.Exchange(ref ended, 1) == 0)
        {
            driver.Synchronize(stream);
            nccl.Leave(communicator);
        }
        driver.DestroyStream(stream);
    }

    static long Bytes(Tensor tensor) => tensor.Count * tensor.DType.Size;
}
