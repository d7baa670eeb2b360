using AlignT2I.Native;

namespace AlignT2I.Testing;

/// <summary>What plans of the emulated BLAS and DNN have in common: scratch memory that must be given, and an end.</summary>
internal abstract class EmulatedPlan(EmulatedDriver driver) : IDisposable
{
    bool disposed;

    /// <summary>The emulation needs none; asking for some shows whether the caller gives it.</summary>
    public long WorkspaceBytes => 512;

    protected EmulatedMemory Memory => driver.Memory;

    public void Dispose() => disposed = true;

    /// <summary>Queues the work, with the workspace spoilt before it.</summary>
    protected void Enqueue(string what, nint workspace, CudaStream stream, Action work)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        driver.RequireContext(what);
        driver.Stream(stream).Add(what, () =>
        {
            Memory.Scramble(workspace, WorkspaceBytes, $"the workspace of {what}");
            work();
        });
    }
}
