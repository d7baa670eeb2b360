namespace AlignT2I.Engine.Backends.Cuda;

/// <summary>Work recorded once for each combination of its inputs' shapes and types.</summary>
internal sealed class CudaRecordedWork(CudaBackend backend, Action<Tensor[]> work) : RecordedWork
{
    /// <summary>Beyond it the recording that was used longest ago goes: shapes may come that do not come again.</summary>
    const int MostRecordings = 64;

    readonly Dictionary<string, CudaRecording> recordings = [];
    long runs;

    public override void Run(params ReadOnlySpan<Tensor> inputs)
    {
        string shapes = string.Join(' ', inputs.ToArray().Select(input => $"{input.DType}{input.Shape}"));
        if (!recordings.TryGetValue(shapes, out CudaRecording? recording))
        {
            if (recordings.Count == MostRecordings)
            {
                recordings.Remove(recordings.MinBy(entry => entry.Value.LastRun).Key, out CudaRecording? oldest);
                oldest!.Dispose();
            }
            recordings.Add(shapes, recording = new CudaRecording(backend, work));
        }
        recording.LastRun = ++runs;
        recording.Run(inputs);
    }

    protected override void Dispose(bool disposing)
    {
        foreach (CudaRecording recording in recordings.Values)
            recording.Dispose();
        recordings.Clear();
        backend.Forget(this);
    }
}
