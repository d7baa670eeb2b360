using System.Runtime.InteropServices;
using AlignT2I.Files;
using AlignT2I.WeightsConverter.Streaming;

namespace AlignT2I.WeightsConverter.Tests;

/// <summary>Values between types: every one of 16 bits there and back, and ties to even.</summary>
internal sealed class FloatingPointTests
{
    [TestCase(SafetensorsDType.Float16)]
    [TestCase(SafetensorsDType.BFloat16)]
    public void Every_value_of_16_bits_comes_back(SafetensorsDType dtype)
    {
        ushort[] all = [.. Enumerable.Range(0, 1 << 16).Select(i => (ushort)i)];
        double[] values = new double[all.Length];
        FloatingPoint.Widen(MemoryMarshal.AsBytes(all.AsSpan()), dtype, values);
        ushort[] back = new ushort[all.Length];
        FloatingPoint.Narrow(values, dtype, MemoryMarshal.AsBytes(back.AsSpan()));
        for (int i = 0; i < all.Length; i++)
        {
            if (double.IsNaN(values[i]))
                Assert.That(double.IsNaN(Widened(back[i], dtype)), $"{i:x4}");
            else
                Assert.That(back[i], Is.EqualTo(all[i]), $"{i:x4}");
        }
    }

    [TestCase(1 + 1.0 / 256, 0x3f80, TestName = "a tie goes to the even neighbour below")]
    [TestCase(1 + 3.0 / 256, 0x3f82, TestName = "a tie goes to the even neighbour above")]
    [TestCase(1 + 1.0 / 256 + 1e-14, 0x3f81, TestName = "what only float64 sees above a tie goes up, not twice rounded")]
    [TestCase(1e300, 0x7f80)]
    [TestCase(-0.0, 0x8000)]
    public void BFloat16_is_rounded_once(double value, int bits)
    {
        byte[] bytes = new byte[2];
        FloatingPoint.Narrow([value], SafetensorsDType.BFloat16, bytes);
        Assert.That(BitConverter.ToUInt16(bytes), Is.EqualTo(bits));
    }

    [TestCase(65504.0, 0x7bff)]
    [TestCase(65520.0, 0x7c00)]
    [TestCase(5.960464477539063e-08, 0x0001)]
    public void Float16_has_its_range(double value, int bits)
    {
        byte[] bytes = new byte[2];
        FloatingPoint.Narrow([value], SafetensorsDType.Float16, bytes);
        Assert.That(BitConverter.ToUInt16(bytes), Is.EqualTo(bits));
    }

    [TestCase(1.0000000596046448, 0x3f800000)]
    [TestCase(0.1, 0x3dcccccd)]
    public void Float32_is_rounded_to_the_nearest(double value, int bits)
    {
        byte[] bytes = new byte[4];
        FloatingPoint.Narrow([value], SafetensorsDType.Float32, bytes);
        Assert.That(BitConverter.ToInt32(bytes), Is.EqualTo(bits));
    }

    static double Widened(ushort bits, SafetensorsDType dtype)
    {
        double[] value = new double[1];
        FloatingPoint.Widen(BitConverter.GetBytes(bits), dtype, value);
        return value[0];
    }
}
