using AlignT2I.Files;

namespace AlignT2I.WeightsConverter.Streaming;

/// <summary>One number, as a tensor of no dimensions: the alpha of a low-rank adaptation.</summary>
internal sealed class NumberTensor(string name, SafetensorsDType dtype, double value) : ModelTensor(name, dtype, [])
{
    public override void Read(Span<byte> destination) => FloatingPoint.Narrow([value], DType, destination);
}
