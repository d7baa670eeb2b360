using AlignT2I.Engine;
using NUnit.Framework;

namespace AlignT2I.Testing;

/// <summary>Assertions on tensors.</summary>
public static class TensorAssert
{
    /// <summary>
    /// Fails unless the L2 norm of the difference is at most <paramref name="relativeL2"/> of that of <paramref name="expected"/>.
    /// </summary>
    public static void Close(Tensor actual, Tensor expected, double relativeL2, string what)
    {
        Assert.That(actual.Shape, Is.EqualTo(expected.Shape), $"{what}: shape");
        double[] found = Doubles(actual), wanted = Doubles(expected);
        double difference = 0, norm = 0;
        for (int i = 0; i < found.Length; i++)
        {
            difference += (found[i] - wanted[i]) * (found[i] - wanted[i]);
            norm += wanted[i] * wanted[i];
        }

        double limit = relativeL2 * Math.Max(Math.Sqrt(norm), 1e-3);
        Assert.That(Math.Sqrt(difference), Is.LessThanOrEqualTo(limit), $"{what}: L2 of the difference");
    }

    /// <summary>Fails unless every element is the same, bit for bit.</summary>
    public static void Same(Tensor actual, Tensor expected, string what)
    {
        Assert.That(actual.Shape, Is.EqualTo(expected.Shape), $"{what}: shape");
        Assert.That(actual.AsBytes().SequenceEqual(expected.AsBytes()), Is.True, $"{what}: some bits differ");
    }

    /// <summary>The elements as float64.</summary>
    public static double[] Doubles(Tensor x)
    {
        using MemoryScope scope = MemoryScope.Open();
        return F.Cast(x.Detach(), DType.F64).ToArray<double>();
    }
}
