namespace AlignT2I.Testing;

/// <summary>A queue of work that is done as late as the rules allow, so that a missing wait shows.</summary>
internal sealed class EmulatedStream(string name)
{
    readonly Queue<(string What, Action Work)> pending = new();
    long submitted, done;

    /// <summary>Work recorded since the start of a capture; null outside of one.</summary>
    public List<(string What, Action Work)>? Capture { get; set; }

    /// <summary>Whether a call that captures do not allow has made the one under way worthless.</summary>
    public bool CaptureBroken { get; set; }

    /// <summary>Position behind all work so far.</summary>
    public long Position => submitted;

    public override string ToString() => name;

    /// <summary>Queues work, or records it.</summary>
    public void Add(string what, Action work)
    {
        if (Capture is not null)
        {
            Capture.Add((what, work));
            return;
        }

        pending.Enqueue((what, work));
        submitted++;
    }

    /// <summary>Does the work up to a position.</summary>
    public void Finish(long position)
    {
        while (done < position && pending.TryDequeue(out (string What, Action Work) next))
        {
            done++;
            next.Work();
        }
    }

    public bool HasReached(long position) => done >= position;
}
