namespace AlignT2I.WeightsConverter.Streaming;

/// <summary>One of several equal blocks of rows: q, k or v of a fused projection.</summary>
internal sealed class RowsTensor(ModelTensor source, string name, int part, int parts)
    : ModelTensor(name, source.DType, [source.Shape[0] / parts, .. source.Shape.Skip(1)])
{
    public override void Read(Span<byte> destination)
    {
        using var whole = new ScratchMemory(source.ByteCount);
        source.Read(whole.Span);
        whole.Span.Slice(part * destination.Length, destination.Length).CopyTo(destination);
    }
}
