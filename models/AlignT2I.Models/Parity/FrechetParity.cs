using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Models.Metrics;

namespace AlignT2I.Models.Parity;

/// <summary>Runs recordings of Fréchet distances: pairs of sets of features, in the file and numbered, or made from a seed.</summary>
internal static class FrechetParity
{
    const int MostNumbers = 1 << 28;

    public static void Run(ParityRun run)
    {
        if (run.Case.Settings.Has("seed"))
        {
            RunSynthetic(run);
            return;
        }
        for (int i = 0; run.Case.Has($"input.{i}.a"); i++)
        {
            FeatureStatistics a = FeatureStatistics.Of(Features(run, $"input.{i}.a"));
            FeatureStatistics b = FeatureStatistics.Of(Features(run, $"input.{i}.b"));
            run.Check($"output.{i}.mu_a", a.Mean, ParityLimits.Measure);
            run.Check($"output.{i}.mu_b", b.Mean, ParityLimits.Measure);
            run.Check($"output.{i}.sigma_a_trace_frob",
                [a.Trace, Math.Sqrt(a.Covariance.Sum(v => v * v))], ParityLimits.Measure);
            if (run.Case.Has($"output.{i}.sigma_a"))
            {
                run.Check($"output.{i}.sigma_a", a.Covariance, ParityLimits.Measure);
                run.Check($"output.{i}.sigma_b", b.Covariance, ParityLimits.Measure);
            }
            // With fewer images than features the reference's matrix square root is of a singular matrix.
            bool singular = run.Case.ShapeOf($"input.{i}.a")[0] <= a.Mean.Length;
            run.Check($"output.{i}.d2", [FrechetDistance.Between(a, b)], singular ? ParityLimits.FrechetOfSingular : ParityLimits.Measure);
        }
    }

    /// <summary>a[:, j] = a0[:, j] + 0.5 a0[:, j-1]; b = 1.1 b0 + 0.05; a0 and b0 uniform in -1..1 by name and seed.</summary>
    static void RunSynthetic(ParityRun run)
    {
        ParitySetting settings = run.Case.Settings;
        int n = settings["n"].Count, d = settings["d"].Count;
        if (n < 2 || d < 1 || (long)n * d > MostNumbers)
            throw new FileFormatException(
                run.Case.Path, $"the case has {n} features of {d} numbers; expected two or more, {MostNumbers} numbers at most.");
        var uniform = new SyntheticWeights(SyntheticVariant.V1, (ulong)settings["seed"].Count);
        double[] a0 = new double[n * d], a = new double[n * d], b = new double[n * d];
        uniform.FillUnit("fid:A", a0);
        for (int i = 0; i < a.Length; i++)
            a[i] = a0[i] + (i % d == 0 ? 0 : 0.5 * a0[i - 1]);
        uniform.FillUnit("fid:B", b);
        for (int i = 0; i < b.Length; i++)
            b[i] = 1.1 * b[i] + 0.05;
        FeatureStatistics ofA = FeatureStatistics.Of(Tensor.From(a, [n, d])), ofB = FeatureStatistics.Of(Tensor.From(b, [n, d]));
        run.Check("output.trace_a_b", [ofA.Trace, ofB.Trace], ParityLimits.Measure);
        run.Check("output.d2", [FrechetDistance.Between(ofA, ofB)], ParityLimits.Measure);
    }

    static Tensor Features(ParityRun run, string name) => Tensor.From(run.Case.Values(name), run.Case.ShapeOf(name));
}
