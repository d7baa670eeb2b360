using System.Text;
using AlignT2I.Engine;
using AlignT2I.Files;

namespace AlignT2I.Training.Communicators;

/// <summary>The processes of a training, which a launcher started together, and what they tell each other.</summary>
/// <remarks>
/// All of them make the same calls in the same order. A call throws <see cref="RankLostException"/> once a process has ended before its
/// time or does not answer; none waits for ever.
/// </remarks>
public abstract class Communicator : IDisposable
{
    /// <summary>The only process of a training.</summary>
    public static Communicator Single { get; } = new SingleCommunicator();

    /// <summary>Joins the processes that mpirun or srun started with this one; <see cref="Single"/> where nothing did: that needs no
    /// MPI.</summary>
    /// <exception cref="MissingLibraryException">There is no MPI library, or the processes do not find each other.</exception>
    public static Communicator Join() => LaunchEnvironment.Size is > 1 and int size ? MpiCommunicator.Join(size) : Single;

    /// <summary>The device that a process of several takes where <c>cuda</c> is asked for: rank 1 of a
    /// machine has <c>cuda:1</c>.</summary>
    /// <param name="device">As the user named it; another name than <c>cuda</c> stays.</param>
    public static string OwnDevice(string device) => LaunchEnvironment.DeviceOf(device, Environment.GetEnvironmentVariable);

    /// <summary>Number of this process, from 0.</summary>
    public abstract int Rank { get; }

    /// <summary>Number of processes.</summary>
    public abstract int Size { get; }

    /// <summary>Whether this is the process that writes files and talks to the user.</summary>
    public bool IsFirst => Rank == 0;

    /// <summary>What the processes exchange tensors by, in a word or two.</summary>
    public abstract string Name { get; }

    /// <summary>Bytes of gradients that go together: enough that a message is worth its start, few enough that many go during one backward
    /// pass.</summary>
    internal virtual int BucketBytes => 32 << 20;

    /// <summary>Every process's bytes, in the order of the ranks, on every process.</summary>
    public abstract IReadOnlyList<byte[]> Gather(byte[] own);

    /// <summary>Returns when all have called it.</summary>
    public void Barrier() => Gather([]);

    /// <summary>Work that fills caches, which one process at a time opens: the first does it, the others find it done.</summary>
    public T InTurn<T>(Func<T> work)
    {
        for (int turn = 0; turn < Rank; turn++)
            Barrier();
        T result = work();
        for (int turn = Rank; turn < Size; turn++)
            Barrier();
        return result;
    }

    /// <summary>Makes sure that a value is the same everywhere.</summary>
    /// <param name="what">The value's name.</param>
    /// <param name="value">This process's.</param>
    /// <exception cref="UsageException">It is not.</exception>
    public void Agree(string what, string value)
    {
        string[] values = [.. Gather(Encoding.UTF8.GetBytes(value)).Select(Encoding.UTF8.GetString)];
        int other = Array.FindIndex(values, v => v != values[0]);
        if (other >= 0)
        {
            throw new UsageException(
                $"{Describe(other)} has another {what} than rank 0 ({values[other]}; rank 0: {values[0]}); "
                + "start all with the same files and options.");
        }
    }

    /// <summary>Who a rank is, in messages.</summary>
    public abstract string Describe(int rank);

    /// <summary>Says that this process has done its work; returns when all have. A process that ends without it is lost to the
    /// others.</summary>
    public virtual void Finish()
    {
    }

    /// <summary>Leaves the others.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Begins to send one tensor to each rank and to receive one from each; this rank's own entries take no part.</summary>
    /// <param name="outgoing">By the rank that gets them; unchanged until the exchange has ended.</param>
    /// <param name="incoming">By the rank they come from, as many elements; read once the exchange has ended.</param>
    /// <returns>Ends the exchange.</returns>
    internal abstract Action BeginExchange(IReadOnlyList<Tensor> outgoing, IReadOnlyList<Tensor> incoming);

    /// <summary>Leaves the others.</summary>
    /// <param name="disposing">Always true.</param>
    protected virtual void Dispose(bool disposing)
    {
    }
}
