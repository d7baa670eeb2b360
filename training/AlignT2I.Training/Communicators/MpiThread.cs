using System.Collections.Concurrent;
using System.Diagnostics;
using AlignT2I.Native;

namespace AlignT2I.Training.Communicators;

/// <summary>The one thread that calls MPI: messages move while others compute, and whoever waits for them can give up.</summary>
internal sealed class MpiThread : IDisposable
{
    static readonly TimeSpan joinLimit = TimeSpan.FromMinutes(5), eager = TimeSpan.FromMilliseconds(200);

    readonly BlockingCollection<Task> tasks = [];
    readonly Thread thread;
    readonly NativeMpi mpi;

    /// <summary>Starts MPI.</summary>
    /// <exception cref="MpiException">There is none, or it does not start.</exception>
    public MpiThread()
    {
        thread = new Thread(Loop) { IsBackground = true, Name = "MPI" };
        thread.Start();
        Task<NativeMpi> join = Start(() => new NativeMpi());
        // An exception stays in the task here: what GetResult throws is the exception itself.
        if (Task.WaitAny([join], joinLimit) < 0)
        {
            throw new MpiException(
                $"MPI_Init_thread has not returned within {joinLimit.TotalMinutes} minutes: not all processes were started.");
        }

        mpi = join.GetAwaiter().GetResult();
    }

    public NativeMpi Mpi => mpi;

    /// <summary>Does work on the thread, after all that came before it.</summary>
    public Task<T> Start<T>(Func<T> work)
    {
        Task<T> task = new(work);
        tasks.Add(task);
        return task;
    }

    /// <summary>On the thread: moves messages until all requests are done.</summary>
    /// <param name="requests">The requests.</param>
    /// <param name="limit">How long that may take; null for as long as all processes live.</param>
    /// <param name="check">Called again and again; throws where waiting is in vain.</param>
    public void WaitAll(Span<nint> requests, TimeSpan? limit, Action check)
    {
        var watch = Stopwatch.StartNew();
        for (int i = 0; i < requests.Length; i++)
        {
            while (!mpi.IsDone(ref requests[i]))
            {
                check();
                if (watch.Elapsed > limit)
                {
                    throw new RankLostException(
                        $"no message came within {limit.Value.TotalMinutes} minutes although all processes live; one of them is stuck.");
                }

                if (watch.Elapsed < eager)
                    Thread.Yield();
                else
                    Thread.Sleep(1);        // whoever we wait for has long work to do, perhaps on this core
            }
        }
    }

    /// <summary>Ends the thread once it has done its work; what it still waits for is given up.</summary>
    public void Dispose() => tasks.CompleteAdding();

    void Loop()
    {
        foreach (Task task in tasks.GetConsumingEnumerable())
            task.RunSynchronously(TaskScheduler.Default);
    }
}
