using System.Text.Json.Nodes;
using AlignT2I.Engine;
using AlignT2I.Models.Clip;
using AlignT2I.Models.Schedulers;
using AlignT2I.Models.StableDiffusion;
using AlignT2I.Training.Miniature;
using AlignT2I.Training.Pretraining;

namespace AlignT2I.Training.Tests;

/// <summary>A model folder like the miniature's with random weights of a few thousand parameters: draws noise of 64x64 pixels.</summary>
internal static class TinyModel
{
    public static string Write(string folder, ulong seed = 1)
    {
        ClipTokenizer tokenizer = BpeTrainer.Train(SceneGrammar.Words, modelMaxLength: 10);
        var vaeConfig = new AutoencoderKLConfig
        {
            DownBlockTypes = ["DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D"],
            UpBlockTypes = ["UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D"],
            BlockOutChannels = [4, 4, 4],
            LayersPerBlock = 1,
            NormNumGroups = 2,
            SampleSize = 64,
        };
        var unetConfig = new UNet2DConditionConfig
        {
            SampleSize = 16,
            DownBlockTypes = ["DownBlock2D", "CrossAttnDownBlock2D"],
            UpBlockTypes = ["CrossAttnUpBlock2D", "UpBlock2D"],
            BlockOutChannels = [4, 8],
            LayersPerBlock = 1,
            NormNumGroups = 2,
            CrossAttentionDim = 8,
            AttentionHeadDim = [2],
        };
        var clipConfig = new ClipConfig
        {
            ProjectionDim = 8,
            TextConfig = new ClipTextConfig
            {
                VocabSize = tokenizer.VocabularySize,
                HiddenSize = 8,
                IntermediateSize = 16,
                ProjectionDim = 8,
                NumHiddenLayers = 1,
                NumAttentionHeads = 2,
                MaxPositionEmbeddings = 10,
                BosTokenId = tokenizer.BosTokenId,
                EosTokenId = tokenizer.EosTokenId,
            },
            VisionConfig = new ClipVisionConfig
            {
                HiddenSize = 8,
                IntermediateSize = 16,
                ProjectionDim = 8,
                NumHiddenLayers = 1,
                NumAttentionHeads = 2,
                ImageSize = 64,
                PatchSize = 16,
            },
        };
        using ParameterStore vae = new(new RandomParameters(seed));
        using ParameterStore unet = new(new RandomParameters(seed + 1));
        using ParameterStore clip = new(new RandomParameters(seed + 2));
        _ = new AutoencoderKL(vae.Root, vaeConfig);
        _ = new UNet2DCondition(unet.Root, unetConfig);
        _ = new ClipModel(clip.Root, clipConfig);
        var writer = new MiniatureModelWriter(folder);
        writer.WriteTokenizer(tokenizer);
        writer.WriteVae(vaeConfig, vae);
        writer.WriteUNet(unetConfig, unet);
        writer.WriteClip(clipConfig, clip);
        writer.WriteScheduler(new SchedulerConfig { ClassName = "DDIMScheduler" });
        return folder;
    }

    /// <summary>
    /// Adds tokens that no prompt has, so many that it counts as a model of everyday captions, whose defaults are the paper's.
    /// </summary>
    /// <param name="tokenizer">The folder of a tokenizer.</param>
    public static void WriteEverydayVocabulary(string tokenizer)
    {
        string path = Path.Combine(tokenizer, "vocab.json");
        JsonObject tokens = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
        for (int id = tokens.Count; id < 49_408; id++)
            tokens[$"unused{id}"] = id;
        File.WriteAllText(path, tokens.ToJsonString());
    }
}
