using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Models.StableDiffusion;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.Finetuning;

/// <summary>How much memory a fine-tuning will take, roughly, before it starts.</summary>
public static class FinetuneMemory
{
    /// <summary>Feature maps that the tape holds for a residual block and for a transformer block, counted in the blocks' code.</summary>
    const double PerResnet = 8, PerTransformer = 26;

    /// <summary>
    /// Bytes of parameters, gradients, AdamW's two moments and the average in float32, of the half copy in mixed precision, and of what
    /// backward needs of one micro-batch, in the type that is computed in.
    /// </summary>
    /// <param name="modelFolder">The model.</param>
    /// <param name="options">How it is trained.</param>
    /// <exception cref="UsageException">There is no UNet in the folder.</exception>
    /// <exception cref="FileFormatException">Its files are damaged.</exception>
    public static (long Parameters, long Bytes) Predict(string modelFolder, FinetuneOptions options)
    {
        string folder = ModelFolder.UNet(modelFolder);
        UNet2DConditionConfig config = UNet2DConditionConfig.Read(Path.Combine(folder, "config.json"));
        using SafetensorsSet weights = SafetensorsSet.Open(folder, "diffusion_pytorch_model.safetensors");
        long parameters = weights.Tensors.Sum(t => t.Shape.Aggregate(1L, (count, size) => count * size));
        double maps = 0;
        for (int level = 0; level < config.Levels; level++)
        {
            double side = Math.Max(1, config.SampleSize >> level), map = side * side * config.BlockOutChannels[level];
            int blocks = 2 * config.LayersPerBlock + 1 + (level == config.Levels - 1 ? 2 : 0);
            maps += blocks * map * (PerResnet + (config.DownAttends(level) || config.UpAttends(level) ? PerTransformer : 0));
        }
        DType dtype = options.ComputeType ?? DType.F32;
        int perParameter = 5 * sizeof(float) + (dtype.IsHalf ? dtype.Size : 0);
        return (parameters, (long)(parameters * perParameter + maps * options.MicroBatchSize * dtype.Size));
    }
}
