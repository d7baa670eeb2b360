using AlignT2I.Engine;
using AlignT2I.Engine.Backends.Cpu;

namespace AlignT2I.Testing;

/// <summary>How much memory a piece of work takes on the CPU.</summary>
public static class PeakMemory
{
    /// <summary>Bytes of the copies of weights that kernels keep now.</summary>
    public static long OfPackedWeights => ((CpuBackend)Backend.Cpu).PackedBytes;

    /// <summary>Bytes of tensors that were live at once during the work, above those that were before it.</summary>
    /// <param name="work">The work; no other test may run beside it.</param>
    public static long Of(Action work)
    {
        var backend = (CpuBackend)Backend.Cpu;
        long before = backend.LiveBytes;
        backend.ResetPeak();
        work();
        return backend.PeakBytes - before;
    }
}
