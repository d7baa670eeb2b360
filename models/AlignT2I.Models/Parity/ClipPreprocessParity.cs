using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Models.Clip;

namespace AlignT2I.Models.Parity;

/// <summary>Runs recordings of CLIP's preparation of pictures, which lie beside the recording.</summary>
internal static class ClipPreprocessParity
{
    public static void Run(ParityRun run)
    {
        ParitySetting settings = run.Case.Settings;
        string folder = Path.GetDirectoryName(run.Case.Path) ?? "";
        string[] files = [.. settings["files"].Items.Select(file => file.Text)];
        double[] mean = settings["image_mean"].Numbers(3), deviation = settings["image_std"].Numbers(3);
        var config = new ClipImageProcessorConfig { ImageMean = mean, ImageStd = deviation };
        var processor = new ClipImageProcessor(settings["size"].Count, config);
        for (int i = 0; i < files.Length; i++)
        {
            Image image = Png.Read(Path.Combine(folder, files[i])).Image;
            run.CheckMaxAbs($"output.{i}.crop_u8", Array.ConvertAll(processor.ResizeAndCrop(image), p => (double)p), 0);
            if (run.Case.Has($"output.{i}.pixel_values"))
                run.CheckImage($"output.{i}.pixel_values", processor.Process([image]), ParityLimits.Output);
        }
    }
}
