using System.Runtime.InteropServices;

namespace AlignT2I.Engine.Tests;

internal sealed class CastTests
{
    [Test]
    public void Float32_to_bfloat16_rounds_to_nearest_even()
    {
        float[] values = [1, 1.00390625f, 1.01171875f, 1.003906369f, -3.14159274f, 3.4028235e38f, float.NegativeInfinity, 1e-40f];
        using MemoryScope scope = MemoryScope.Open();
        Tensor half = F.Cast(Tensor.From(values, [8]), DType.BF16);
        // 1 + 2^-8 and 1 + 3 * 2^-8 are halfway: down to even, up to even; the largest float32 rounds up to infinity.
        Assert.That(Bits(half), Is.EqualTo(new ushort[] { 0x3F80, 0x3F80, 0x3F82, 0x3F81, 0xC049, 0x7F80, 0xFF80, 0x0001 }));
        Assert.That(F.Cast(half, DType.F32).ToArray<float>()[4], Is.EqualTo(-3.140625f));
    }

    [Test]
    public void Float64_to_bfloat16_rounds_once()
    {
        using MemoryScope scope = MemoryScope.Open();
        // A float32 would fall on the halfway point 1 + 2^-8 and then go to even, down.
        double[] values = [1 + 1 / 256.0 + 1e-12, 1 + 1 / 256.0, 1 + 1 / 256.0 - 1e-12, -(1 + 1 / 256.0 + 1e-12), 1e300, 1e-300];
        ushort[] expected = [0x3F81, 0x3F80, 0x3F80, 0xBF81, 0x7F80, 0];
        Assert.That(Bits(F.Cast(Tensor.From(values, [6]), DType.BF16)), Is.EqualTo(expected));
    }

    [Test]
    public void A_nan_stays_a_nan([Values(DType.F16, DType.BF16, DType.F64)] DType dtype)
    {
        using MemoryScope scope = MemoryScope.Open();
        float lowBitsOnly = BitConverter.UInt32BitsToSingle(0x7F800001);
        Tensor back = F.Cast(F.Cast(Tensor.From([float.NaN, lowBitsOnly], [2]), dtype), DType.F32);
        Assert.That(back.ToArray<float>(), Is.All.NaN);
    }

    [Test]
    public void Float32_to_float16_and_back_is_what_half_does()
    {
        float[] values = new float[1001];
        new Philox(1).Normal(values);
        values[0] = 65520;      // halfway to 2^16: to infinity
        values[1] = 65519;
        values[2] = 3e-8f;
        using MemoryScope scope = MemoryScope.Open();
        Tensor half = F.Cast(Tensor.From(values, [7, 11, 13]), DType.F16);
        Assert.That(half.ToArray<Half>(), Is.EqualTo(values.Select(v => (Half)v)));
        Assert.That(F.Cast(half, DType.F32).ToArray<float>(), Is.EqualTo(values.Select(v => (float)(Half)v)));
    }

    [Test]
    public void Every_bfloat16_survives_float32()
    {
        float[] values = [.. Enumerable.Range(0, 65536).Select(i => BitConverter.Int32BitsToSingle(i << 16)).Where(v => !float.IsNaN(v))];
        using MemoryScope scope = MemoryScope.Open();
        Tensor back = F.Cast(F.Cast(Tensor.From(values, [values.Length]), DType.BF16), DType.F32);
        Assert.That(back.ToArray<float>(), Is.EqualTo(values));
    }

    [Test]
    public void Many_bfloat16_are_rounded_as_one()
    {
        uint[] bits = new uint[4099];
        Philox random = new(2);
        for (int i = 0; i < bits.Length; i++)
            bits[i] = (uint)random.NextUInt64();
        float[] values = [.. bits.Select(BitConverter.UInt32BitsToSingle), float.NaN, float.MaxValue, 1 + 1 / 256f, 1 + 3 / 256f];
        using MemoryScope scope = MemoryScope.Open();
        ushort[] found = Bits(F.Cast(Tensor.From(values, [values.Length]), DType.BF16));
        Assert.That(found, Is.EqualTo(values.Select(BFloat16.FromSingle)));
    }

    [Test]
    public void Integers_are_cut_and_saturated()
    {
        using MemoryScope scope = MemoryScope.Open();
        Tensor x = Tensor.From([-1.5f, 0.99f, 254.6f, 300, float.NaN], [5]);
        Assert.That(F.Cast(x, DType.U8).ToArray<byte>(), Is.EqualTo(new byte[] { 0, 0, 254, 255, 0 }));
        Assert.That(F.Cast(x, DType.I32).ToArray<int>(), Is.EqualTo([-1, 0, 254, 300, 0]));
        Assert.That(F.Cast(Tensor.From(new byte[] { 0, 7, 255 }, [3]), DType.F32).ToArray<float>(), Is.EqualTo([0f, 7, 255]));
        Assert.That(F.Cast(Tensor.From([long.MaxValue, -5L], [2]), DType.I32).ToArray<int>(), Is.EqualTo([int.MaxValue, -5]));
    }

    [Test]
    public void Gradients_come_back_in_the_type_of_the_input()
    {
        using MemoryScope scope = MemoryScope.Open();
        Tensor x = Tensor.From([1.0, 2, 3], [3]);
        x.RequiresGrad = true;
        using Tape tape = Tape.Open();
        tape.Backward(F.Sum(F.Affine(F.Cast(x, DType.F32), 2)));
        Assert.That(x.Grad!.ToArray<double>(), Is.EqualTo([2.0, 2, 2]));
    }

    static ushort[] Bits(Tensor x) => MemoryMarshal.Cast<byte, ushort>(x.AsBytes()).ToArray();
}
