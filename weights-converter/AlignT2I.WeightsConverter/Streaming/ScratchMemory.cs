using System.Runtime.InteropServices;

namespace AlignT2I.WeightsConverter.Streaming;

/// <summary>
/// Memory for the values of one tensor, given back to the system at once: large arrays would wait for the garbage collector.
/// </summary>
internal sealed unsafe class ScratchMemory : IDisposable
{
    readonly int length;
    void* start;

    /// <param name="bytes">At most 2 GiB, which <see cref="ModelTensor"/> sees to.</param>
    public ScratchMemory(long bytes)
    {
        length = checked((int)bytes);
        start = NativeMemory.Alloc((nuint)Math.Max(1, bytes));
    }

    public Span<byte> Span => start == null ? throw new ObjectDisposedException(nameof(ScratchMemory)) : new Span<byte>(start, length);

    public void Dispose()
    {
        NativeMemory.Free(start);
        start = null;
    }
}
