namespace AlignT2I.Files;

/// <summary>Sizes of the element types and their names in the file.</summary>
public static class SafetensorsDTypes
{
    /// <summary>Bytes per element: 1, 2, 4 or 8.</summary>
    /// <param name="dtype">Element type.</param>
    public static int Size(this SafetensorsDType dtype) => dtype switch
    {
        <= SafetensorsDType.Float8E4M3 => 1,
        <= SafetensorsDType.BFloat16 => 2,
        <= SafetensorsDType.Float32 => 4,
        _ => 8,
    };

    /// <summary>The type's name in a safetensors header, such as <c>BF16</c>.</summary>
    /// <param name="dtype">Element type.</param>
    public static string FileName(this SafetensorsDType dtype) => dtype switch
    {
        SafetensorsDType.Bool => "BOOL",
        SafetensorsDType.UInt8 => "U8",
        SafetensorsDType.Int8 => "I8",
        SafetensorsDType.Float8E5M2 => "F8_E5M2",
        SafetensorsDType.Float8E4M3 => "F8_E4M3",
        SafetensorsDType.UInt16 => "U16",
        SafetensorsDType.Int16 => "I16",
        SafetensorsDType.Float16 => "F16",
        SafetensorsDType.BFloat16 => "BF16",
        SafetensorsDType.UInt32 => "U32",
        SafetensorsDType.Int32 => "I32",
        SafetensorsDType.Float32 => "F32",
        SafetensorsDType.UInt64 => "U64",
        SafetensorsDType.Int64 => "I64",
        SafetensorsDType.Float64 => "F64",
        _ => throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "not an element type of safetensors"),
    };

    /// <summary>The type with this name in a header, or null.</summary>
    internal static SafetensorsDType? Parse(string name)
    {
        foreach (SafetensorsDType dtype in Enum.GetValues<SafetensorsDType>())
        {
            if (dtype.FileName() == name)
                return dtype;
        }
        return null;
    }
}
