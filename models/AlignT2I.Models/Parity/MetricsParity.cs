using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Models.Metrics;

namespace AlignT2I.Models.Parity;

/// <summary>Runs recordings of measures of images: pairs of pictures, numbered from 0.</summary>
internal static class MetricsParity
{
    public static void Run(ParityRun run)
    {
        for (int i = 0; run.Case.Has($"input.{i}.a"); i++)
        {
            Image a = Picture(run, $"input.{i}.a"), b = Picture(run, $"input.{i}.b");
            run.Check($"output.{i}.psnr_ssim", [ImageSimilarity.Psnr(a, b), ImageSimilarity.Ssim(a, b)], ParityLimits.Measure);
        }
    }

    static Image Picture(ParityRun run, string name)
    {
        Shape shape = run.Case.ShapeOf(name);
        if (shape.Rank != 3 || shape.Count == 0 || shape[2] is not (1 or 3 or 4))
            throw new FileFormatException(
                run.Case.Path, $"tensor '{name}' has shape {shape}; expected a picture [H, W, C] of 1, 3 or 4 channels.");
        return new Image(shape[1], shape[0], shape[2], Array.ConvertAll(run.Case.Values(name), v => (byte)v));
    }
}
