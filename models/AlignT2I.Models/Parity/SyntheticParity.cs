using System.Text.Json;

namespace AlignT2I.Models.Parity;

/// <summary>Runs recordings of the synthetic weights themselves, which are equal to the last bit.</summary>
internal static class SyntheticParity
{
    public static void Run(ParityRun run)
    {
        foreach (JsonElement tensor in run.Case.Setting("tensors").EnumerateArray())
        {
            string name = tensor.GetProperty("name").GetString()!;
            string? variant = tensor.GetProperty("variant").GetString(), seed = tensor.GetProperty("seed").GetString();
            var weights = SyntheticWeights.Parse($"synthetic:{variant}:{seed}");
            int[] shape = run.Case.ShapeOf("output." + name).ToArray();
            float[] values = new float[shape.Aggregate(1, (count, d) => count * d)];
            weights.Fill(name, shape, values);
            run.CheckMaxAbs("output." + name, Array.ConvertAll(values, v => (double)v), 0);
        }
    }
}
