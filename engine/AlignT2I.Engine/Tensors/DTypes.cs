namespace AlignT2I.Engine;

/// <summary>What is known of each <see cref="DType"/>.</summary>
public static class DTypes
{
    extension(DType dtype)
    {
        /// <summary>Bytes of one element.</summary>
        public int Size => dtype switch
        {
            DType.F64 or DType.I64 => 8,
            DType.F32 or DType.I32 => 4,
            DType.BF16 or DType.F16 => 2,
            DType.U8 => 1,
            _ => throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "not a dtype"),
        };

        /// <summary>Type in which sums and statistics of this type are kept: float64 for float64, else float32.</summary>
        public DType Accumulator => dtype == DType.F64 ? DType.F64 : DType.F32;

        /// <summary>Whether this is one of the 16-bit floating-point types.</summary>
        public bool IsHalf => dtype is DType.BF16 or DType.F16;

        /// <summary>Largest relative error of one rounding to this type: half the distance of 1 to the next number.</summary>
        public double UnitRoundoff => dtype switch
        {
            DType.F64 => 1.0 / (1L << 53),
            DType.F32 => 1.0 / (1 << 24),
            DType.F16 => 1.0 / (1 << 11),
            DType.BF16 => 1.0 / (1 << 8),
            _ => throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "integers are not rounded"),
        };

        /// <summary>The name that options and files have for a floating-point type: the inverse of <see cref="Named"/>.</summary>
        public string Name => dtype switch
        {
            DType.F32 => "float32",
            DType.BF16 => "bfloat16",
            DType.F16 => "float16",
            DType.F64 => "float64",
            _ => throw new ArgumentOutOfRangeException(nameof(dtype), dtype, "only floating-point types are chosen by name"),
        };

        /// <summary>Whether gradients can flow through tensors of this type.</summary>
        public bool IsFloat => dtype is DType.F32 or DType.F64 or DType.BF16 or DType.F16;
    }

    /// <summary>The floating-point type that options and files name so: float32, bfloat16, float16 or float64; null for another
    /// name.</summary>
    public static DType? Named(string name) => name switch
    {
        "float32" => DType.F32,
        "bfloat16" => DType.BF16,
        "float16" => DType.F16,
        "float64" => DType.F64,
        _ => null,
    };

    /// <summary>The dtype whose elements are <typeparamref name="T"/> in memory.</summary>
    /// <exception cref="DTypeException"><typeparamref name="T"/> is the element of no dtype.</exception>
    public static DType Of<T>() where T : unmanaged =>
        typeof(T) == typeof(float) ? DType.F32 :
        typeof(T) == typeof(double) ? DType.F64 :
        typeof(T) == typeof(Half) ? DType.F16 :
        typeof(T) == typeof(int) ? DType.I32 :
        typeof(T) == typeof(long) ? DType.I64 :
        typeof(T) == typeof(byte) ? DType.U8 :
        throw new DTypeException($"{typeof(T).Name} is the element of no dtype; use float, double, Half, int, long or byte.");
}
