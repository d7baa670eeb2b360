using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Models.Clip;

namespace AlignT2I.Models.Parity;

/// <summary>Runs recordings of CLIP's preparation of pictures, which lie beside the recording.</summary>
internal static class ClipPreprocessParity
{
    public static void Run(ParityRun run)
    {
        string folder = Path.GetDirectoryName(run.Case.Path) ?? "";
        string[] files = [.. run.Case.Setting("files").EnumerateArray().Select(f => f.GetString()!)];
        var config = new ClipImageProcessorConfig { ImageMean = run.Case.Numbers("image_mean"), ImageStd = run.Case.Numbers("image_std") };
        var processor = new ClipImageProcessor((int)run.Case.Number("size"), config);
        for (int i = 0; i < files.Length; i++)
        {
            Image image = Png.Read(Path.Combine(folder, files[i])).Image;
            run.CheckMaxAbs($"output.{i}.crop_u8", Array.ConvertAll(processor.ResizeAndCrop(image), p => (double)p), 0);
            if (run.Case.Has($"output.{i}.pixel_values"))
                run.CheckImage($"output.{i}.pixel_values", processor.Process([image]), ParityLimits.Output);
        }
    }
}
