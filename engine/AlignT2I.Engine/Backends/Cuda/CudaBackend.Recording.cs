namespace AlignT2I.Engine.Backends.Cuda;

internal sealed partial class CudaBackend
{
    readonly HashSet<CudaRecordedWork> recorded = [];

    /// <summary>The recorded work that is being called; null at other times.</summary>
    internal CudaRecordedWork? Recording { get; private set; }

    public override RecordedWork Record(Action work)
    {
        CudaRecordedWork made = new(this, work);
        recorded.Add(made);
        return made;
    }

    internal void Begin(CudaRecordedWork work)
    {
        if (Recording is not null)
            throw new InvalidOperationException("recorded work cannot run inside recorded work.");
        Recording = work;
        allocator.IsRecording = true;
    }

    internal void End()
    {
        Recording = null;
        allocator.IsRecording = false;
    }

    /// <summary>With the last recorded work goes its memory.</summary>
    internal void Forget(CudaRecordedWork work)
    {
        if (recorded.Remove(work) && recorded.Count == 0)
            allocator.ReleaseRecorded();
    }
}
