using System.Globalization;
using AlignT2I.Engine;
using AlignT2I.Models.Inception;

namespace AlignT2I.Models.Parity;

/// <summary>Runs recordings of the Inception network: images of several sizes, numbered from 0.</summary>
internal static class InceptionParity
{
    static readonly string[] means = ["block0_64_mean", "block1_192_mean", "block2_768_mean"];

    public static void Run(ParityRun run)
    {
        using ParameterStore store = run.Parameters();
        var model = new InceptionV3(store.Root);
        using Tape pause = Tape.Pause();
        for (int i = 0; run.Case.Has(string.Create(CultureInfo.InvariantCulture, $"input.{i}.images_u8")); i++)
        {
            using MemoryScope scope = MemoryScope.Open();
            Tensor[] outputs = model.Call(F.Affine(run.Image($"input.{i}.images_u8"), 1 / 255.0));
            for (int block = 0; block < means.Length; block++)
                run.Check($"output.{i}.{means[block]}", Mean(outputs[block]), ParityLimits.Output);
            run.Check($"output.{i}.pool3_2048", outputs[^1], ParityLimits.Output);
        }
    }

    /// <summary>Mean over the pixels: [N, H, W, C] to [N, C].</summary>
    static Tensor Mean(Tensor x) => F.AvgPool2d(x, kernel: x.Shape[1], stride: 1).Reshape([x.Shape[0], x.Shape[3]]);
}
