using AlignT2I.Engine;

namespace AlignT2I.Training.Communicators;

/// <summary>
/// Sums the gradients of the passes of all ranks, in the order in which one process does the passes: ((p0 + p1) + p2) + ..., element by
/// element. Floating-point sums depend on their order, so the result has the same bits on any number of ranks; and those of one process
/// that adds pass after pass to its gradients, where a pass adds to each once, as the UNet's does.
/// </summary>
/// <remarks>
/// The gradients, in the order in which backward completes them, are one long row that is cut into buckets, and each bucket into a part
/// per rank. As soon as a bucket is complete, while backward goes on, each rank sends to every other the part that is the other's, and
/// adds the parts that come to its total in the order of the ranks. After the last round the ranks send each other their totals. That is a
/// reduce-scatter per round and an all-gather per update; two buckets are under way at a time. Messages are no part of a recording: it is
/// cut where a bucket goes.
/// </remarks>
internal sealed class GradientBuckets : IDisposable
{
    const int UnderWay = 2;

    readonly Communicator communicator;
    readonly Backend backend;
    readonly GradientRow row;
    readonly int buckets, partLength;
    readonly Tensor[] totals;
    readonly Tensor[][] outgoing, incoming;     // by bucket modulo UnderWay, then by rank
    readonly Action[] endExchange = new Action[UnderWay];
    bool firstRound;
    int contributors, started, added;

    /// <param name="communicator">The ranks.</param>
    /// <param name="parameters">What is trained, the same everywhere; float32 gradients.</param>
    /// <param name="bucketBytes">Size of a bucket.</param>
    public GradientBuckets(Communicator communicator, IReadOnlyList<Parameter> parameters, int bucketBytes)
    {
        this.communicator = communicator;
        row = new GradientRow(parameters);
        int size = communicator.Size;
        partLength = (int)Math.Min(bucketBytes / sizeof(float) / size, (row.Length + size - 1) / size);
        partLength = Math.Max(1, partLength);
        buckets = (int)((row.Length + (long)partLength * size - 1) / ((long)partLength * size));
        backend = parameters[0].Value.Backend;
        totals = Parts(backend, buckets);
        outgoing = [.. Enumerable.Range(0, UnderWay).Select(_ => Parts(backend, size))];
        incoming = [.. Enumerable.Range(0, UnderWay).Select(_ => Parts(backend, size))];
    }

    /// <summary>Begins a round: each of the first ranks computes the gradients of one pass, from zero.</summary>
    /// <param name="passes">How many of the ranks do.</param>
    /// <param name="first">Whether it is the first round of an update.</param>
    public void BeginRound(int passes, bool first)
    {
        (contributors, firstRound, started, added) = (passes, first, 0, 0);
    }

    /// <summary>A backward pass of this rank, which may be recorded: buckets go between its parts.</summary>
    /// <param name="backward">Computes the gradients, under a tape whose <see cref="Tape.GradientAdded"/> is what it is given.</param>
    public void Pass(Action<Action<Tensor>> backward)
    {
        row.BeginPass();
        backward(GradientAdded);
        row.EndPass();
    }

    /// <summary>Ends a round: the passes of all ranks are in the totals.</summary>
    public void EndRound()
    {
        while (started < buckets)
            Start();
        while (added < buckets)
            AddNext();
    }

    /// <summary>Gives every rank the totals, as its gradients.</summary>
    public void ShareTotals()
    {
        for (int bucket = 0; bucket < buckets + UnderWay - 1; bucket++)
        {
            if (bucket < buckets)
            {
                Tensor total = totals[bucket];
                endExchange[bucket % UnderWay] = communicator.BeginExchange(
                    [.. Enumerable.Repeat(total, communicator.Size)], incoming[bucket % UnderWay]);
            }
            if (bucket >= UnderWay - 1)
                Take(bucket - (UnderWay - 1));
        }
    }

    public void Dispose()
    {
        foreach (Tensor tensor in totals.Concat(outgoing.SelectMany(t => t)).Concat(incoming.SelectMany(t => t)))
            tensor.Dispose();
    }

    void GradientAdded(Tensor leaf)
    {
        if (!row.Add(leaf))
            return;
        while (started < buckets && row.CompleteLength >= Math.Min(row.Length, End(started)))
            backend.Unrecorded(Start);
    }

    long End(int bucket) => (bucket + 1L) * partLength * communicator.Size;

    long First(int bucket, int rank) => ((long)bucket * communicator.Size + rank) * partLength;

    void Start()
    {
        while (added <= started - UnderWay)
            AddNext();
        int bucket = started++, slot = bucket % UnderWay;
        for (int rank = 0; rank < communicator.Size; rank++)
            row.Read(First(bucket, rank), rank == communicator.Rank ? incoming[slot][rank] : outgoing[slot][rank]);
        endExchange[slot] = communicator.BeginExchange(outgoing[slot], incoming[slot]);
    }

    void AddNext()
    {
        int bucket = added++;
        endExchange[bucket % UnderWay]();
        for (int rank = 0; rank < contributors; rank++)
        {
            if (rank == 0 && firstRound)
                totals[bucket].CopyFrom(incoming[bucket % UnderWay][rank]);
            else
                totals[bucket].Accumulate(incoming[bucket % UnderWay][rank]);
        }
    }

    void Take(int bucket)
    {
        endExchange[bucket % UnderWay]();
        for (int rank = 0; rank < communicator.Size; rank++)
            row.Write(First(bucket, rank), rank == communicator.Rank ? totals[bucket] : incoming[bucket % UnderWay][rank]);
    }

    Tensor[] Parts(Backend backend, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => Tensor.Zeros([partLength], DType.F32, backend).Persist())];
}
