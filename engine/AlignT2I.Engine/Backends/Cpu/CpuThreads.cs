using System.Diagnostics;
using System.Runtime.ExceptionServices;
using AlignT2I.Files;

namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>The CPU backend's worker threads: they start with the first parallel loop, spin briefly between loops, then sleep.</summary>
/// <remarks>
/// As many threads as processors (as the process's affinity and container limit them), the caller being one of them; the environment
/// variable ALIGNT2I_THREADS overrides the number. Where processors have several last-level caches, each worker stays with one, and the
/// threads of one cache get neighbouring indices. A loop inside a loop, and a loop that starts while another thread's loop runs, run on
/// their caller alone.
/// </remarks>
internal static class CpuThreads
{
    /// <summary>How long an idle worker looks for the next loop before it sleeps; waking it costs the caller a system call.</summary>
    const double SpinSeconds = 40e-6;

    static readonly long spinTicks = (long)(SpinSeconds * Stopwatch.Frequency);
    static readonly CacheGroups caches = CacheGroups.Read();
    static readonly Lazy<Worker[]> started = new(Start);
    static int[] threadsOfGroups = [1];
    static int busy;
    static Loop? current;

    static readonly NearBlocks nearCaller = new();      // one loop runs at a time, and so one caller

    /// <summary>What the calling thread keeps of its working memory; null outside of parallel loops.</summary>
    [field: ThreadStatic]
    public static NearBlocks? Near { get; private set; }

    /// <summary>Number of threads that a loop runs on, the caller included.</summary>
    public static int Count => started.Value.Length + 1;

    /// <summary>Calls <paramref name="body"/> once for each index below <paramref name="count"/>, on all threads, and waits.</summary>
    /// <remarks>Indices are handed out one at a time, in increasing order where there is one last-level cache. No result may depend on
    /// which thread runs which index.</remarks>
    /// <param name="count">Number of indices; nothing happens for 0 or less.</param>
    /// <param name="body">Called with each index, several at a time.</param>
    /// <exception cref="Exception">The first that a call of <paramref name="body"/> threw; indices not yet begun are skipped.</exception>
    /// <exception cref="UsageException">ALIGNT2I_THREADS is not a number from 1 to 1024.</exception>
    public static void For(int count, Action<int> body)
    {
        Worker[] workers = started.Value;
        if (count <= 1 || Near is not null || workers.Length == 0 || Interlocked.CompareExchange(ref busy, 1, 0) != 0)
        {
            for (int i = 0; i < count; i++) body(i);
            return;
        }
        var loop = new Loop(count, body);
        Near = nearCaller;
        try
        {
            Volatile.Write(ref current, loop);
            Interlocked.MemoryBarrier();    // before a worker's sleeping flag is read: it looks at the loop after it has set the flag
            int helpers = Math.Min(workers.Length, count - 1);
            for (int i = 0; i < helpers; i++) workers[i].Wake();
            loop.Run(caches.Current);
            loop.Wait();
        }
        finally
        {
            Volatile.Write(ref current, null);
            Near = null;
            Volatile.Write(ref busy, 0);
        }
        loop.Rethrow();
    }

    /// <summary>Cuts 0 .. <paramref name="count"/> - 1 into ranges and calls <paramref name="body"/>(start, end) for each.</summary>
    /// <remarks>A range has at least <paramref name="grain"/> elements, bar the last; put there what is worth a hand-over.
    /// The ranges depend on the arguments and on <see cref="Count"/> alone.</remarks>
    public static void ForRange(long count, long grain, Action<long, long> body)
    {
        long parts = Math.Clamp(count / Math.Max(1, grain), 1, 4L * Count);
        if (count <= 0) return;
        if (parts == 1 || Count == 1)
        {
            body(0, count);
            return;
        }
        long size = (count + parts - 1) / parts;
        size = (size + 63) & ~63L;      // ranges begin on cache lines
        For((int)((count + size - 1) / size), i => body(i * size, Math.Min(count, (i + 1) * size)));
    }

    static Worker[] Start()
    {
        int threads = Environment.ProcessorCount;
        string? setting = Environment.GetEnvironmentVariable("ALIGNT2I_THREADS");
        if (!string.IsNullOrEmpty(setting) && (!int.TryParse(setting, out threads) || threads < 1 || threads > 1024))
            throw new UsageException($"ALIGNT2I_THREADS is '{setting}'; "
                + "give the number of threads, 1 to 1024, or unset it to use every processor.");
        int[] groups = caches.Assign(threads);
        threadsOfGroups = [.. Enumerable.Range(0, caches.Count).Select(g => groups.Count(of => of == g))];
        var workers = new Worker[threads - 1];
        for (int i = 0; i < workers.Length; i++) workers[i] = new Worker(i + 1, groups[i + 1]);
        return workers;
    }

    /// <summary>One call of <see cref="For"/>. A worker that comes late finds no index left, so a loop is never used twice.</summary>
    sealed class Loop(int count, Action<int> body)
    {
        readonly LoopIndices indices = new(count, threadsOfGroups);
        int finished;
        ExceptionDispatchInfo? failure;

        public void Run(int group)
        {
            int done = 0;
            for (int i; (i = indices.Next(group)) >= 0; done++)
            {
                if (failure is not null) continue;
                try { body(i); }
                catch (Exception e) { Interlocked.CompareExchange(ref failure, ExceptionDispatchInfo.Capture(e), null); }
            }
            if (done > 0) Interlocked.Add(ref finished, done);
        }

        public void Wait()
        {
            var spin = new SpinWait();
            while (Volatile.Read(ref finished) < count) spin.SpinOnce(sleep1Threshold: -1);
        }

        public void Rethrow() => failure?.Throw();
    }

    sealed class Worker
    {
        readonly SemaphoreSlim signal = new(0);
        readonly int group;
        int sleeping;

        public Worker(int number, int group)
        {
            this.group = group;
            new Thread(Work) { IsBackground = true, Name = $"AlignT2I CPU {number}" }.Start();
        }

        public void Wake()
        {
            if (Volatile.Read(ref sleeping) != 0 && Interlocked.Exchange(ref sleeping, 0) != 0) signal.Release();
        }

        void Work()
        {
            Near = new NearBlocks();
            caches.Stay(group);
            Loop? last = null;
            while (true)
            {
                Loop? loop = Next(last);
                if (loop is null)
                {
                    Interlocked.Exchange(ref sleeping, 1);
                    Loop? late = Volatile.Read(ref current);
                    bool slept = late is null || late == last || Interlocked.Exchange(ref sleeping, 0) == 0;
                    if (slept) signal.Wait();
                    continue;
                }
                last = loop;
                loop.Run(group);
            }
        }

        static Loop? Next(Loop? last)
        {
            long until = Stopwatch.GetTimestamp() + spinTicks;
            do
            {
                for (int i = 0; i < 8; i++)
                {
                    Loop? loop = Volatile.Read(ref current);
                    if (loop is not null && loop != last) return loop;
                    Thread.SpinWait(4);
                }
            }
            while (Stopwatch.GetTimestamp() < until);
            return null;
        }
    }
}
