using AlignT2I.Files;

namespace AlignT2I.Models.Parity;

/// <summary>Runs recordings of the synthetic weights themselves, which are equal to the last bit.</summary>
internal static class SyntheticParity
{
    public static void Run(ParityRun run)
    {
        foreach (ParitySetting tensor in run.Case.Settings["tensors"].Items)
        {
            string name = tensor["name"].Text;
            SyntheticWeights weights = Parse(run, $"synthetic:{tensor["variant"].Text}:{tensor["seed"].Text}");
            int[] shape = run.Case.ShapeOf("output." + name).ToArray();
            float[] values = new float[shape.Aggregate(1, (count, d) => count * d)];
            weights.Fill(name, shape, values);
            run.CheckMaxAbs("output." + name, Array.ConvertAll(values, v => (double)v), 0);
        }
    }

    static SyntheticWeights Parse(ParityRun run, string text)
    {
        try
        {
            return SyntheticWeights.Parse(text);
        }
        catch (FormatException e)
        {
            throw new FileFormatException(run.Case.Path, e.Message, e);
        }
    }
}
