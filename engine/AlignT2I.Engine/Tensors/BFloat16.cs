using System.Numerics;

namespace AlignT2I.Engine;

/// <summary>Conversions of bfloat16, the upper 16 bits of a float32, kept as <see cref="ushort"/>.</summary>
public static class BFloat16
{
    /// <summary>The value of a bfloat16; exact.</summary>
    public static float ToSingle(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);

    /// <summary>The nearest bfloat16, ties to even; a NaN stays a NaN.</summary>
    public static ushort FromSingle(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        if (float.IsNaN(value))
            return (ushort)((bits >> 16) | 0x40);      // quiet, so that the kept half cannot be an infinity
        return (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    /// <summary>Widens many: exact.</summary>
    public static void ToSingle(ReadOnlySpan<ushort> bits, Span<float> values)
    {
        int i = 0;
        for (; i + Vector<ushort>.Count <= bits.Length; i += Vector<ushort>.Count)
        {
            Vector.Widen(new Vector<ushort>(bits[i..]), out Vector<uint> low, out Vector<uint> high);
            Vector.AsVectorSingle(low << 16).CopyTo(values[i..]);
            Vector.AsVectorSingle(high << 16).CopyTo(values[(i + Vector<uint>.Count)..]);
        }
        for (; i < bits.Length; i++)
            values[i] = ToSingle(bits[i]);
    }

    /// <summary>Rounds many as <see cref="FromSingle(float)"/> does.</summary>
    public static void FromSingle(ReadOnlySpan<float> values, Span<ushort> bits)
    {
        int i = 0;
        for (; i + Vector<ushort>.Count <= values.Length; i += Vector<ushort>.Count)
        {
            Vector<uint> low = Rounded(new Vector<float>(values[i..]));
            Vector<uint> high = Rounded(new Vector<float>(values[(i + Vector<float>.Count)..]));
            Vector.Narrow(low, high).CopyTo(bits[i..]);
        }
        for (; i < values.Length; i++)
            bits[i] = FromSingle(values[i]);
    }

    static Vector<uint> Rounded(Vector<float> values)
    {
        Vector<uint> bits = Vector.AsVectorUInt32(values), upper = bits >>> 16;
        Vector<uint> nearest = (bits + new Vector<uint>(0x7FFF) + (upper & Vector<uint>.One)) >>> 16;
        return Vector.ConditionalSelect(Vector.AsVectorUInt32(Vector.Equals(values, values)), nearest, upper | new Vector<uint>(0x40));
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
