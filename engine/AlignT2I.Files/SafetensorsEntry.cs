namespace AlignT2I.Files;

/// <summary>A tensor that is going to be written to a safetensors file.</summary>
/// <param name="Name">Name in the file.</param>
/// <param name="DType">Element type.</param>
/// <param name="Shape">Dimensions, outermost first, each at least 0; empty for a scalar.</param>
public sealed record SafetensorsEntry(string Name, SafetensorsDType DType, IReadOnlyList<long> Shape)
{
    /// <summary>Bytes of its values.</summary>
    /// <exception cref="ArgumentException">A dimension is negative or the product passes 2^63.</exception>
    internal long ByteLength
    {
        get
        {
            if (Shape.Any(d => d < 0))
                throw new ArgumentException($"tensor '{Name}' has a negative dimension in [{string.Join(", ", Shape)}]");
            return SafetensorsHeader.ByteLength([.. Shape], DType)
                ?? throw new ArgumentException($"tensor '{Name}' with shape [{string.Join(", ", Shape)}] has more than 2^63 bytes");
        }
    }
}
