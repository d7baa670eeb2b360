using System.Runtime.InteropServices;
using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Native;

namespace AlignT2I.Training.Communicators;

/// <summary>Processes that MPI connects: Open MPI or MPICH, started by mpirun or srun. Tensors on GPUs go by NCCL.</summary>
internal sealed class MpiCommunicator : Communicator
{
    /// <summary>A rank that lives but has sent nothing for so long is stuck: no update takes as long on one rank more than on
    /// another.</summary>
    static readonly TimeSpan exchangeLimit = TimeSpan.FromMinutes(30);

    /// <summary>How long leaving MPI may take once all have done their work.</summary>
    static readonly TimeSpan leaveLimit = TimeSpan.FromMinutes(1);

    readonly MpiThread thread;
    readonly RankIdentity[] ranks;
    readonly RankMonitor monitor;
    DevicePeers? peers;
    bool finished;

    MpiCommunicator(MpiThread thread)
    {
        this.thread = thread;
        (Rank, Size) = (thread.Mpi.Rank, thread.Mpi.Size);
        ranks = [.. Gather(RankIdentity.Own(Rank).ToBytes(), () => { }).Select((bytes, rank) => RankIdentity.FromBytes(rank, bytes))];
        monitor = RankMonitor.Connect(ranks, Rank, own => Gather(own, () => { }));
    }

    /// <summary>Joins the others.</summary>
    /// <exception cref="MissingLibraryException">There is no MPI library, or the processes do not find each other.</exception>
    public static MpiCommunicator Join(int expectedSize)
    {
        try
        {
            MpiThread thread = new();
            if (thread.Mpi.Size != expectedSize)
            {
                throw new MissingLibraryException(
                    $"{expectedSize} processes were started together but {thread.Mpi.Version} connects {thread.Mpi.Size}; "
                    + $"{LaunchEnvironment.Advice}.");
            }
            return new MpiCommunicator(thread);
        }
        catch (MpiException e)
        {
            throw new MissingLibraryException(
                $"{expectedSize} processes were started together and need MPI to work together. {e.Message}");
        }
    }

    public override int Rank { get; }

    public override int Size { get; }

    public override string Name => thread.Mpi.Version.Split(',')[0];

    public override string Describe(int rank) => ranks[rank].ToString();

    /// <summary>No limit: the others may wait for long work of the first.</summary>
    public override IReadOnlyList<byte[]> Gather(byte[] own) => Gather(own, monitor.Check);

    public override void Finish()
    {
        if (finished)
            return;
        Barrier();
        finished = true;
        monitor.End();
        Task<int> leave = thread.Start(() =>
        {
            thread.Mpi.Finish();
            return 0;
        });
        if (Task.WaitAny([leave], leaveLimit) < 0)
        {
            throw new RankLostException(
                $"the work of all ranks is done and saved, but MPI_Finalize has not returned within {leaveLimit.TotalSeconds} seconds "
                + "and is given up; the launcher may call the job failed.");
        }

        leave.GetAwaiter().GetResult();
    }

    internal override Action BeginExchange(IReadOnlyList<Tensor> outgoing, IReadOnlyList<Tensor> incoming)
    {
        Backend backend = outgoing[0].Backend;
        if (backend != Backend.Cpu)
        {
            monitor.Check();        // a loss has ended the connection of the GPUs
            peers ??= Connect(backend);
            return peers.BeginExchange(outgoing, incoming);
        }
        Task<int> exchange = thread.Start(() =>
        {
            Exchange(
                rank => Memory(outgoing[rank]), rank => Memory(incoming[rank]),
                exchangeLimit, monitor.Check);
            return 0;
        });
        return () => exchange.GetAwaiter().GetResult();
    }

    protected override void Dispose(bool disposing)
    {
        peers?.Dispose();
        monitor.Dispose();
        thread.Dispose();
    }

    /// <summary>Connects the GPUs. A loss ends what they wait for, and the next message between processes says so.</summary>
    DevicePeers Connect(Backend backend)
    {
        byte[] id = Gather(IsFirst ? backend.NewPeersId() : [])[0];
        DevicePeers connected = backend.JoinPeers(id, Rank, Size);
        monitor.OnLoss(connected.Abort);
        return connected;
    }

    IReadOnlyList<byte[]> Gather(byte[] own, Action check) => thread.Start(() =>
    {
        PinnedArrays memory = new();        // stays where messages have not come: they still may
        byte[] ownCount = BitConverter.GetBytes(own.Length);
        byte[][] counts = [.. Enumerable.Range(0, Size).Select(_ => new byte[sizeof(int)])];
        Exchange(_ => memory.Of(ownCount), rank => memory.Of(counts[rank]), null, check);
        byte[][] values = [.. counts.Select((count, rank) => rank == Rank ? own : new byte[BitConverter.ToInt32(count)])];
        Exchange(_ => memory.Of(own), rank => memory.Of(values[rank]), null, check);
        memory.Dispose();
        return values;
    }).GetAwaiter().GetResult();

    /// <summary>On MPI's thread: one message to and from every other rank.</summary>
    void Exchange(Func<int, (nint, int)> outgoing, Func<int, (nint, int)> incoming, TimeSpan? limit, Action check)
    {
        List<nint> requests = [];
        for (int distance = 1; distance < Size; distance++)
        {
            int to = (Rank + distance) % Size, from = (Rank + Size - distance) % Size;
            (nint buffer, int bytes) = incoming(from);
            requests.Add(thread.Mpi.Receive(buffer, bytes, from));
            (buffer, bytes) = outgoing(to);
            requests.Add(thread.Mpi.Send(buffer, bytes, to));
        }
        thread.WaitAll(CollectionsMarshal.AsSpan(requests), limit, check);
    }

    static unsafe (nint, int) Memory(Tensor tensor)
    {
        Span<byte> bytes = MemoryMarshal.AsBytes(tensor.AsSpan<float>());
        fixed (byte* first = bytes)     // a tensor's memory does not move
            return ((nint)first, bytes.Length);
    }
}
