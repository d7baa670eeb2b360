namespace AlignT2I.WeightsConverter.Streaming;

/// <summary>The same values under another name or shape: a 1x1 convolution is a linear layer.</summary>
internal sealed class RenamedTensor(ModelTensor source, string name, IReadOnlyList<long> shape) : ModelTensor(name, source.DType, shape)
{
    public override void Read(Span<byte> destination) => source.Read(destination);
}
