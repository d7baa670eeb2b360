using AlignT2I.Files;

namespace AlignT2I.WeightsConverter.Streaming;

/// <summary>A floating-point tensor in another floating-point type, rounded to the nearest value, ties to even.</summary>
internal sealed class CastTensor(ModelTensor source, SafetensorsDType dtype) : ModelTensor(source.Name, dtype, source.Shape)
{
    const int ChunkElements = 1 << 16;

    /// <summary>The tensor in that type; itself where it has it already or holds no floating-point numbers.</summary>
    public static ModelTensor To(ModelTensor tensor, SafetensorsDType? dtype) =>
        dtype is null || dtype == tensor.DType || !FloatingPoint.Is(tensor.DType) ? tensor : new CastTensor(tensor, dtype.Value);

    public override void Read(Span<byte> destination)
    {
        using var values = new ScratchMemory(source.ByteCount);
        source.Read(values.Span);
        int fromSize = source.DType.Size(), toSize = DType.Size(), count = (int)ElementCount;
        double[] chunk = new double[Math.Min(count, ChunkElements)];
        for (int first = 0; first < count; first += chunk.Length)
        {
            Span<double> part = chunk.AsSpan(0, Math.Min(chunk.Length, count - first));
            FloatingPoint.Widen(values.Span.Slice(first * fromSize, part.Length * fromSize), source.DType, part);
            FloatingPoint.Narrow(part, DType, destination.Slice(first * toSize, part.Length * toSize));
        }
    }
}
