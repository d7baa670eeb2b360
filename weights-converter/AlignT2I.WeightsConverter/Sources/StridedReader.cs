using AlignT2I.Files;

namespace AlignT2I.WeightsConverter.Sources;

/// <summary>Reads the values of a tensor into row-major order without gaps, however it lies in its storage.</summary>
/// <param name="file">The file.</param>
/// <param name="tensor">The tensor.</param>
internal readonly struct StridedReader(SourceFile file, WeightsTensor tensor)
{
    /// <summary>A view is read in one piece unless most of that piece is not part of it.</summary>
    const int MaxWaste = 2, SmallBytes = 1 << 16;

    readonly int size = tensor.DType.Size();
    readonly long[] strides = tensor.Strides ?? [];

    public void Read(Span<byte> destination)
    {
        long start = tensor.Storage.FileOffset + tensor.ElementOffset * size;
        if (tensor.Strides is null)
            file.Read(start, destination);
        else
            ReadFrom(dimension: 0, start, destination);
    }

    /// <summary>Reads the values of the dimensions from this one on.</summary>
    void ReadFrom(int dimension, long start, Span<byte> destination)
    {
        long span = 1;      // elements from the first to the last, both included
        for (int i = dimension; i < strides.Length; i++)
            span += (tensor.Shape[i] - 1) * strides[i];
        if (span * size <= Math.Min(Math.Max((long)destination.Length * MaxWaste, SmallBytes), Array.MaxLength))
        {
            byte[] piece = file.Read(start, (int)(span * size));
            Gather(dimension, piece, destination);
            return;
        }
        int step = destination.Length / (int)tensor.Shape[dimension];
        for (int i = 0; i < tensor.Shape[dimension]; i++)
            ReadFrom(dimension + 1, start + i * strides[dimension] * size, destination.Slice(i * step, step));
    }

    /// <summary>Copies the values of the dimensions from this one on out of a piece that begins with the first of them.</summary>
    void Gather(int dimension, ReadOnlySpan<byte> piece, Span<byte> destination)
    {
        if (dimension == strides.Length)
        {
            piece[..size].CopyTo(destination);
            return;
        }
        int count = (int)tensor.Shape[dimension], step = destination.Length / count;
        for (int i = 0; i < count; i++)
            Gather(dimension + 1, piece[(int)(i * strides[dimension] * size)..], destination.Slice(i * step, step));
    }
}
