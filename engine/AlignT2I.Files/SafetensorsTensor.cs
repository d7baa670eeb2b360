namespace AlignT2I.Files;

/// <summary>One tensor of a safetensors file: what its header says, after every check.</summary>
/// <param name="Name">Name in the file.</param>
/// <param name="DType">Element type.</param>
/// <param name="Shape">Dimensions, outermost first, each at least 0; empty for a scalar.</param>
/// <param name="Offset">First byte, counted from the start of the file.</param>
/// <param name="ByteLength">Number of bytes: the product of the shape times the element size.</param>
public sealed record SafetensorsTensor(string Name, SafetensorsDType DType, IReadOnlyList<long> Shape, long Offset, long ByteLength)
{
    /// <summary>Number of elements: the product of the shape, 1 for a scalar.</summary>
    public long ElementCount => ByteLength / DType.Size();
}
