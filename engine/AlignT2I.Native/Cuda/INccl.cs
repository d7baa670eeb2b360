namespace AlignT2I.Native;

/// <summary>NCCL's seam: messages between GPUs of several processes, in the order of a stream.</summary>
/// <exception cref="CudaException">NCCL refused a call; every method can throw it.</exception>
public interface INccl
{
    /// <summary>A new name for processes that belong together: 128 bytes that one of them gives to all.</summary>
    byte[] NewId();

    /// <summary>Joins the others of that name with the thread's current device: returns when all are there.</summary>
    /// <param name="id">Result of <see cref="NewId"/>.</param>
    /// <param name="rank">Number of this process, from 0.</param>
    /// <param name="size">Number of processes.</param>
    /// <returns>A communicator's handle.</returns>
    nint Join(byte[] id, int rank, int size);

    /// <summary>From here to <see cref="EndGroup"/> messages are one piece: in any order none waits for another.</summary>
    void BeginGroup();

    /// <summary>Queues the messages since <see cref="BeginGroup"/>.</summary>
    void EndGroup();

    /// <summary>Sends device memory.</summary>
    void Send(nint communicator, nint device, long bytes, int to, CudaStream stream);

    /// <summary>Receives into device memory what a rank sends.</summary>
    void Receive(nint communicator, nint device, long bytes, int from, CudaStream stream);

    /// <summary>Ends a communicator whose messages are done.</summary>
    void Leave(nint communicator);

    /// <summary>Ends a communicator whose messages will not come: what waits for them in a stream goes on. From any thread.</summary>
    void Abort(nint communicator);
}
