using AlignT2I.WeightsConverter.Sources;

namespace AlignT2I.WeightsConverter.Streaming;

/// <summary>A tensor as it is in a file.</summary>
internal sealed class FileTensor(WeightsFile file, WeightsTensor tensor) : ModelTensor(tensor.Name, tensor.DType, tensor.Shape)
{
    public override void Read(Span<byte> destination) => file.Read(tensor, destination);
}
