namespace AlignT2I.Files;

/// <summary>Element type of a tensor in a safetensors file.</summary>
public enum SafetensorsDType
{
    /// <summary>BOOL, one byte.</summary>
    Bool,
    /// <summary>U8.</summary>
    UInt8,
    /// <summary>I8.</summary>
    Int8,
    /// <summary>F8_E5M2.</summary>
    Float8E5M2,
    /// <summary>F8_E4M3.</summary>
    Float8E4M3,
    /// <summary>U16.</summary>
    UInt16,
    /// <summary>I16.</summary>
    Int16,
    /// <summary>F16, IEEE half precision.</summary>
    Float16,
    /// <summary>BF16, the upper half of a float32.</summary>
    BFloat16,
    /// <summary>U32.</summary>
    UInt32,
    /// <summary>I32.</summary>
    Int32,
    /// <summary>F32.</summary>
    Float32,
    /// <summary>U64.</summary>
    UInt64,
    /// <summary>I64.</summary>
    Int64,
    /// <summary>F64.</summary>
    Float64,
}
