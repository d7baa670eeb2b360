using AlignT2I.Native;

namespace AlignT2I.Engine.Backends.Cuda;

/// <summary>
/// Work on inputs of one shape as CUDA graphs: the first run does it, so that kernels and plans are there and memory is in the pool of
/// recorded work; the second records and launches, those that follow launch. What the work does outside recordings
/// (<see cref="Backend.Unrecorded"/>) parts one graph from the next, and is done between them in every run.
/// </summary>
internal sealed class CudaRecording(CudaBackend backend, Action<Tensor[]> work) : IDisposable
{
    readonly List<(nint Pointer, long Bytes)> tables = [];
    readonly List<(nint Pointer, byte[] Content)> later = [];
    readonly List<CudaGraphExecutable> graphs = [];
    readonly List<Action> steps = [];       // launches of the graphs, and what goes on between them
    Tensor[]? inputs;
    bool called, complete;
    int nextTable;

    /// <summary>Number of the run that used it last.</summary>
    public long LastRun { get; set; }

    public void Run(ReadOnlySpan<Tensor> given)
    {
        if (!called)
        {
            Call([.. given]);
            called = true;
            return;
        }
        inputs ??= [.. given.ToArray().Select(tensor => tensor.Clone().Persist())];
        for (int i = 0; i < inputs.Length; i++)
            inputs[i].CopyFrom(given[i]);
        if (complete)
            steps.ForEach(step => step());
        else
            Record();
    }

    /// <summary>
    /// Device memory for a table that kernels of this work read; it stays as long as the recording. While the work is recorded nothing can
    /// be copied: then the content follows once it is.
    /// </summary>
    public nint Table(ReadOnlySpan<byte> content)
    {
        if (nextTable == tables.Count)
            tables.Add((AllocateOutside(content.Length), content.Length));
        (nint pointer, long bytes) = tables[nextTable++];
        if (bytes != content.Length)
            throw new InvalidOperationException("recorded work updates other tensors in its second run than in its first.");
        if (backend.Allocator.IsCapturing)
            later.Add((pointer, content.ToArray()));
        else
            backend.Staging.Upload(content, pointer);
        return pointer;
    }

    /// <summary>Does something between what was recorded before and what is recorded after it.</summary>
    public void Between(Action action)
    {
        bool recorded = backend.Allocator.IsCapturing;
        if (recorded)
        {
            EndGraph();
            steps.Add(action);
        }
        backend.End();
        try
        {
            action();
        }
        finally
        {
            backend.Begin(this);
        }
        if (recorded)
            BeginGraph();
    }

    public void Dispose()
    {
        Forget();
        foreach ((nint pointer, _) in tables)
            backend.Allocator.Free(pointer);
        tables.Clear();
        foreach (Tensor input in inputs ?? [])
            input.Dispose();
    }

    void Call(Tensor[] with)
    {
        nextTable = 0;
        backend.Begin(this);
        try
        {
            using MemoryScope scope = MemoryScope.Open();
            work(with);
        }
        finally
        {
            backend.End();
        }

        if (backend.Allocator.RecordedBlocks > 0)
        {
            throw new InvalidOperationException(
                "recorded work keeps a tensor that it made; copy the result into one that was there before.");
        }
    }

    void Record()
    {
        BeginGraph();
        try
        {
            Call(inputs!);
        }
        catch
        {
            if (backend.Allocator.IsCapturing)
                DropCapture();
            Forget();
            throw;
        }
        EndGraph();
        complete = true;
    }

    void BeginGraph()
    {
        backend.Device.Driver.BeginCapture(backend.Device.Stream);
        backend.Allocator.IsCapturing = true;
    }

    /// <summary>Ends a graph and launches it for the first time.</summary>
    void EndGraph()
    {
        ICudaDriver driver = backend.Device.Driver;
        CudaGraph captured = EndCapture();
        CudaGraphExecutable graph = driver.Instantiate(captured);
        driver.DestroyGraph(captured);
        graphs.Add(graph);
        foreach ((nint pointer, byte[] content) in later)
            backend.Staging.Upload(content, pointer);
        later.Clear();
        Launch();
        steps.Add(Launch);

        void Launch() => driver.Launch(graph, backend.Device.Stream);
    }

    CudaGraph EndCapture()
    {
        backend.Allocator.IsCapturing = false;
        return backend.Device.Driver.EndCapture(backend.Device.Stream);
    }

    /// <summary>Ends a capture after an error, which may have broken it: then there is no graph, and the error says more.</summary>
    void DropCapture()
    {
        try
        {
            backend.Device.Driver.DestroyGraph(EndCapture());
        }
        catch (CudaException)
        {
        }
    }

    void Forget()
    {
        graphs.ForEach(backend.Device.Driver.DestroyGraph);
        graphs.Clear();
        steps.Clear();
        later.Clear();
        complete = false;
    }

    /// <summary>Memory that is not the recording's own: it outlives the run.</summary>
    nint AllocateOutside(long bytes)
    {
        backend.Allocator.IsRecording = false;
        try
        {
            return backend.Allocator.Allocate(bytes);
        }
        finally
        {
            backend.Allocator.IsRecording = true;
        }
    }
}
