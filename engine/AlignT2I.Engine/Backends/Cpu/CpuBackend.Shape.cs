namespace AlignT2I.Engine.Backends.Cpu;

internal sealed unsafe partial class CpuBackend
{
    internal override void CopyColumns(Tensor from, int fromColumn, Tensor to, int toColumn, int columns)
    {
        int size = to.DType.Size;
        long fromStride = (long)from.Shape[^1] * size, toStride = (long)to.Shape[^1] * size;
        byte* source = (byte*)from.Live.Pointer + (long)fromColumn * size;
        byte* target = (byte*)to.Live.Pointer + (long)toColumn * size;
        int bytes = columns * size;
        CpuThreads.ForRange(to.Shape.Rows, Math.Max(1, Grain * sizeof(float) / Math.Max(1, bytes)), (start, end) =>
        {
            for (long row = start; row < end; row++)
                new ReadOnlySpan<byte>(source + row * fromStride, bytes).CopyTo(new Span<byte>(target + row * toStride, bytes));
        });
    }
}
