using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using AlignT2I.Engine;
using AlignT2I.Training.Communicators;

namespace AlignT2I.Training.Tests.Communicators;

/// <summary>Ranks that are threads of this process: what they send each other goes through queues.</summary>
internal sealed class ThreadRanks
{
    const int DefaultBucketBytes = 32 << 20;

    static readonly TimeSpan limit = TimeSpan.FromSeconds(30);

    readonly int size, bucketBytes;
    readonly BlockingCollection<byte[]>[,] messages;
    readonly ConcurrentQueue<string> events = [];

    public ThreadRanks(int size, int bucketBytes = DefaultBucketBytes)
    {
        (this.size, this.bucketBytes) = (size, bucketBytes);
        messages = new BlockingCollection<byte[]>[size, size];
        for (int from = 0; from < size; from++)
        {
            for (int to = 0; to < size; to++)
                messages[from, to] = [];
        }
    }

    /// <summary>What rank 0 did, in order: "exchange" and what the test notes.</summary>
    public IReadOnlyCollection<string> Events => events;

    /// <summary>Notes an event of rank 0.</summary>
    public void Note(string what) => events.Enqueue(what);

    /// <summary>Does work on every rank at the same time.</summary>
    /// <returns>The results, by rank.</returns>
    public T[] Run<T>(Func<Communicator, T> work)
    {
        T[] results = new T[size];
        Exception?[] errors = new Exception?[size];
        Thread[] threads =
        [
            .. Enumerable.Range(0, size).Select(rank => new Thread(() =>
            {
                try
                {
                    results[rank] = work(new Member(this, rank));
                }
                catch (Exception e)
                {
                    errors[rank] = e;
                }
            })),
        ];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
        Assert.That(errors, Is.All.Null);
        return results;
    }

    sealed class Member(ThreadRanks all, int rank) : Communicator
    {
        public override int Rank => rank;

        public override int Size => all.size;

        public override string Name => "threads";

        internal override int BucketBytes => all.bucketBytes;

        public override IReadOnlyList<byte[]> Gather(byte[] own)
        {
            for (int to = 0; to < Size; to++)
                all.messages[rank, to].Add(own);
            return [.. Enumerable.Range(0, Size).Select(Next)];
        }

        public override string Describe(int which) => $"thread {which}";

        internal override Action BeginExchange(IReadOnlyList<Tensor> outgoing, IReadOnlyList<Tensor> incoming)
        {
            if (rank == 0)
                all.Note("exchange");
            for (int to = 0; to < Size; to++)
            {
                if (to != rank)
                    all.messages[rank, to].Add(MemoryMarshal.AsBytes<float>(outgoing[to].ToArray<float>()).ToArray());
            }
            return () =>
            {
                for (int from = 0; from < Size; from++)
                {
                    if (from != rank)
                        incoming[from].Write<float>(System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(Next(from)));
                }
            };
        }

        byte[] Next(int from) => all.messages[from, rank].TryTake(out byte[]? message, limit)
            ? message
            : throw new TimeoutException($"rank {rank} waits for rank {from}");
    }
}
