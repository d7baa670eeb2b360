using System.Numerics;

namespace AlignT2I.Engine.Tests.Cpu;

/// <summary>What kernels read and write in their tests.</summary>
internal static class KernelValues
{
    public const int Guard = 77;

    /// <summary>Random values of -1 to 1.</summary>
    public static T[] Random<T>(int count, int seed) where T : INumberBase<T>
    {
        var random = new Random(seed);
        var values = new T[count];
        for (int i = 0; i < count; i++) values[i] = T.CreateChecked(random.NextDouble() * 2 - 1);
        return values;
    }

    /// <summary>Room for a result from element 1 on, between two guards.</summary>
    public static T[] Guarded<T>(int count) where T : INumberBase<T>
    {
        var values = new T[count + 2];
        Array.Fill(values, T.CreateChecked(Guard));
        return values;
    }

    /// <summary>A result between two guards that are as they were.</summary>
    public static void AssertClose<T>(string name, double[] expected, T[] found, double tolerance) where T : INumberBase<T>
    {
        T guard = T.CreateChecked(Guard);
        Assert.That((found[0], found[^1]), Is.EqualTo((guard, guard)), $"written outside {name}");
        for (int i = 0; i < expected.Length; i++)
        {
            double distance = Math.Abs(double.CreateChecked(found[i + 1]) - expected[i]);
            if (!(distance <= tolerance)) Assert.Fail($"{name}[{i}] is {found[i + 1]} instead of {expected[i]}: further than {tolerance}");
        }
    }
}
