namespace AlignT2I.WeightsConverter.Streaming;

/// <summary>Tensors of one shape, one above the other: the fused projection of q, k and v.</summary>
internal sealed class StackedTensor(IReadOnlyList<ModelTensor> parts, string name)
    : ModelTensor(name, parts[0].DType, [parts[0].Shape[0] * parts.Count, .. parts[0].Shape.Skip(1)])
{
    public override void Read(Span<byte> destination)
    {
        foreach (ModelTensor part in parts)
        {
            part.Read(destination[..(int)part.ByteCount]);
            destination = destination[(int)part.ByteCount..];
        }
    }
}
