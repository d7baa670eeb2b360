namespace AlignT2I.Engine;

/// <summary>This device and those of other processes, which send each other tensors; made by <see cref="Backend.JoinPeers"/>.</summary>
public abstract class DevicePeers : IDisposable
{
    /// <summary>Begins to send one tensor to each process and to receive one from each, beside the work that follows.</summary>
    /// <param name="outgoing">By the rank that gets them; unchanged until the exchange has ended. This rank's own takes no part.</param>
    /// <param name="incoming">By the rank they come from, of as many bytes.</param>
    /// <returns>Ends the exchange: work asked for after it sees what has come.</returns>
    public abstract Action BeginExchange(IReadOnlyList<Tensor> outgoing, IReadOnlyList<Tensor> incoming);

    /// <summary>Gives up what has not come, since a process has ended: the device goes on without. From any thread.</summary>
    public abstract void Abort();

    /// <summary>Ends the connection.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends the connection.</summary>
    /// <param name="disposing">Always true.</param>
    protected abstract void Dispose(bool disposing);
}
