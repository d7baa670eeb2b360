using AlignT2I.Files;

namespace AlignT2I.WeightsConverter.Sources;

/// <summary>The tensors of a safetensors file.</summary>
internal static class SafetensorsWeights
{
    public static WeightsContent Read(SourceFile source)
    {
        using SafetensorsFile file = SafetensorsFile.Open(source.Path);
        return new WeightsContent("safetensors", [.. file.Tensors.Select(Tensor)], [], file.Metadata);
    }

    static WeightsTensor Tensor(SafetensorsTensor tensor) => new(
        tensor.Name, tensor.DType, [.. tensor.Shape], new WeightsStorage { FileOffset = tensor.Offset, ByteLength = tensor.ByteLength },
        elementOffset: 0, strides: null);
}
