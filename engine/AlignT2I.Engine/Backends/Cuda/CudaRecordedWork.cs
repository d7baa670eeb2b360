using AlignT2I.Native;

namespace AlignT2I.Engine.Backends.Cuda;

/// <summary>
/// Work as a CUDA graph: the first run does it, so that kernels and plans are there and memory is in the pool of recorded work; the second
/// records and launches, those that follow launch.
/// </summary>
internal sealed class CudaRecordedWork(CudaBackend backend, Action work) : RecordedWork
{
    readonly List<(nint Pointer, long Bytes)> tables = [];
    readonly List<(nint Pointer, byte[] Content)> later = [];
    CudaGraphExecutable? graph;
    int runs, nextTable;

    public override void Run()
    {
        if (graph is null && runs++ == 0)
            Call();
        else
            Launch(graph ??= Capture());
    }

    /// <summary>
    /// Device memory for a table that kernels of this work read; it stays as long as the work. While the work is recorded nothing can be
    /// copied: then the content follows once it is.
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

    protected override void Dispose(bool disposing)
    {
        if (graph is { } recorded)
            backend.Device.Driver.DestroyGraph(recorded);
        foreach ((nint pointer, _) in tables)
            backend.Allocator.Free(pointer);
        tables.Clear();
        backend.Forget(this);
    }

    void Launch(CudaGraphExecutable recorded) => backend.Device.Driver.Launch(recorded, backend.Device.Stream);

    void Call()
    {
        nextTable = 0;
        backend.Begin(this);
        try
        {
            using MemoryScope scope = MemoryScope.Open();
            work();
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

    CudaGraphExecutable Capture()
    {
        ICudaDriver driver = backend.Device.Driver;
        driver.BeginCapture(backend.Device.Stream);
        backend.Allocator.IsCapturing = true;
        try
        {
            Call();
        }
        catch
        {
            driver.DestroyGraph(EndCapture(driver));
            throw;
        }

        CudaGraph captured = EndCapture(driver);
        CudaGraphExecutable executable = driver.Instantiate(captured);
        driver.DestroyGraph(captured);
        foreach ((nint pointer, byte[] content) in later)
            backend.Staging.Upload(content, pointer);
        later.Clear();
        return executable;
    }

    CudaGraph EndCapture(ICudaDriver driver)
    {
        backend.Allocator.IsCapturing = false;
        return driver.EndCapture(backend.Device.Stream);
    }

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
