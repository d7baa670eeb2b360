namespace AlignT2I.Engine.Backends.Cuda;

internal sealed partial class CudaBackend
{
    readonly HashSet<CudaRecordedWork> recorded = [];

    /// <summary>The recording whose work is being called; null at other times.</summary>
    internal CudaRecording? Recording { get; private set; }

    public override RecordedWork Record(Action<Tensor[]> work)
    {
        if (!options.RecordWork)
            return new RepeatedWork(work);
        CudaRecordedWork made = new(this, work);
        recorded.Add(made);
        return made;
    }

    public override void Unrecorded(Action action)
    {
        if (Recording is { } recording)
            recording.Between(action);
        else
            action();
    }

    internal void Begin(CudaRecording recording)
    {
        if (Recording is not null)
            throw new InvalidOperationException("recorded work cannot run inside recorded work.");
        Recording = recording;
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
