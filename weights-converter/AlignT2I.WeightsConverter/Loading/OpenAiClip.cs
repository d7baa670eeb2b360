using System.Text.Json;

namespace AlignT2I.WeightsConverter.Loading;

/// <summary>CLIP as OpenAI publishes it: a TorchScript archive, or a state dict of the same names.</summary>
internal sealed class OpenAiClip : ClipWeights
{
    /// <summary>Numbers that the archives keep beside the weights.</summary>
    static readonly string[] numbers = ["context_length", "vocab_size", "input_resolution"];

    public OpenAiClip(TensorTable table) : base(table.Path, ModelKind.OpenAiClip)
    {
        Config = ClipShapes.OpenAi(table);
        Config.Validate(table.Path);
        ImageProcessorConfig = ImageProcessorConfig with { OtherKeys = Sizes(Config.VisionConfig.ImageSize) };
        var reader = new ComponentReader(table);
        Add("", WeightsName, reader.Read("clip", Outline, OpenAiNaming));
        reader.Finish("clip", numbers.Contains);
        AddProblems(reader);
        Own(table);
    }

    /// <summary>What transformers wants to know of the images, where this program reads it from the tower.</summary>
    static Dictionary<string, JsonElement> Sizes(int imageSize)
    {
        using JsonDocument json = JsonDocument.Parse($$"""
            {
              "do_resize": true, "size": { "shortest_edge": {{imageSize}} }, "resample": 3,
              "do_center_crop": true, "crop_size": { "height": {{imageSize}}, "width": {{imageSize}} },
              "do_normalize": true, "do_convert_rgb": true
            }
            """);
        return json.RootElement.EnumerateObject().ToDictionary(p => p.Name, p => p.Value.Clone());
    }
}
