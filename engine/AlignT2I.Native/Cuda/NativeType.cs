namespace AlignT2I.Native;

/// <summary>Element types that the BLAS and DNN seams compute with.</summary>
public enum NativeType
{
    /// <summary>IEEE 754 binary32.</summary>
    Float32,

    /// <summary>IEEE 754 binary16.</summary>
    Float16,

    /// <summary>bfloat16: the upper half of a binary32.</summary>
    BFloat16,
}
