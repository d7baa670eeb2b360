using System.Globalization;
using AlignT2I.Engine;
using AlignT2I.Files;

namespace AlignT2I.Models.Parity;

/// <summary>Runs recordings of PyTorch's generator: <c>output.SEED.FUNCTION.COUNT</c>, each from a freshly seeded generator.</summary>
internal static class RandomParity
{
    public static void Run(ParityRun run)
    {
        foreach (string name in run.Case.Names.Where(n => n.StartsWith("output.", StringComparison.Ordinal)))
        {
            string[] parts = name.Split('.');
            if (parts.Length < 3 || !ulong.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed))
                throw new FileFormatException(
                    run.Case.Path, $"tensor '{name}' does not say what was drawn; expected output.SEED.FUNCTION.COUNT.");
            double[] found = Draw(new TorchGenerator(seed), parts[2], run.Case.ShapeOf(name)[0]) ?? throw new FileFormatException(
                run.Case.Path, $"tensor '{name}' is of '{parts[2]}', which is not one of the generator's functions.");
            bool exact = !parts[2].Contains("randn", StringComparison.Ordinal);
            run.CheckMaxAbs(name, found, exact ? 0 : ParityLimits.Normals);
        }
    }

    static double[]? Draw(TorchGenerator generator, string function, int count)
    {
        switch (function)
        {
            case "mt19937_raw_u32":
                return [.. Enumerable.Range(0, count).Select(_ => (double)generator.NextUInt32())];
            case "rand":
                return Filled<float>(count, generator.Rand);
            case "rand_f64":
                return Filled<double>(count, generator.Rand);
            case "randn" or "generator_randn":
                return Filled<float>(count, generator.Randn);
            case "randn_f64":
                return Filled<double>(count, generator.Randn);
            case "randint_0_1000":
                return Filled<long>(count, values => generator.RandInt(values, 0, 1000));
            case "randperm":
                return Filled<long>(count, generator.RandPerm);
            case "bernoulli_half":
                return Filled<float>(count, values => generator.Bernoulli(values, 0.5f));
            case "randn_shape_1x4x8x8_then_next":
                // 256, then 5, which are drawn in pairs so that a sixth is kept, then the rest.
                return [.. ((int[])[256, 5, count - 261]).SelectMany(drawn => Filled<float>(drawn, generator.Randn))];
            default:
                return null;
        }
    }

    delegate void Fill<T>(Span<T> values);

    static double[] Filled<T>(int count, Fill<T> fill) where T : IConvertible
    {
        T[] values = new T[count];
        fill(values);
        return Array.ConvertAll(values, v => v.ToDouble(CultureInfo.InvariantCulture));
    }
}
