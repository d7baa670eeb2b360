namespace AlignT2I.Engine;

/// <summary>Conversions of bfloat16, the upper 16 bits of a float32, kept as <see cref="ushort"/>.</summary>
internal static class BFloat16
{
    public static float ToSingle(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);

    /// <summary>The nearest bfloat16, ties to even; a NaN stays a NaN.</summary>
    public static ushort FromSingle(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        if (float.IsNaN(value))
            return (ushort)((bits >> 16) | 0x40);      // quiet, so that the kept half cannot be an infinity
        return (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    /// <summary>float64 to float32 rounded to odd: rounding the result once more to bfloat16 is as good as rounding once.</summary>
    public static float ToOdd(double value)
    {
        float single = (float)value;
        if (single == value || double.IsNaN(value))
            return single;
        uint bits = BitConverter.SingleToUInt32Bits(single);
        if (Math.Abs((double)single) > Math.Abs(value))
            bits--;     // one step toward zero: truncated
        return BitConverter.UInt32BitsToSingle(bits | 1);
    }
}
