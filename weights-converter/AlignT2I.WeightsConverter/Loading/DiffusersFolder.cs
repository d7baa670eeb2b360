using System.Text.Json;
using AlignT2I.Files;
using AlignT2I.Models.Clip;
using AlignT2I.Models.Schedulers;
using AlignT2I.Models.StableDiffusion;
using AlignT2I.WeightsConverter.Names;

namespace AlignT2I.WeightsConverter.Loading;

/// <summary>
/// Stable Diffusion v1 as a diffusers folder: safetensors or pickles, whole or in shards, full precision or the fp16 variant.
/// </summary>
internal sealed class DiffusersFolder : StableDiffusionWeights
{
    public const string IndexName = "model_index.json";
    const int MostIndexBytes = 1 << 20;
    const string PositionIds = "text_model.embeddings.position_ids";

    static readonly string[] known = [UNetName, VaeName, TextName, "tokenizer", "scheduler"];

    DiffusersFolder(string path) : base(path, ModelKind.DiffusersFolder)
    {
    }

    public static DiffusersFolder Open(string path)
    {
        CheckClass(System.IO.Path.Combine(path, IndexName));
        var model = new DiffusersFolder(path);
        try
        {
            model.Read();
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    static void CheckClass(string index)
    {
        string? name = null;
        try
        {
            using JsonDocument json = JsonDocument.Parse(InputFile.ReadAllBytes(index, MostIndexBytes));
            name = json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("_class_name", out JsonElement value)
                ? value.ToString() : null;
        }
        catch (JsonException e)
        {
            throw new FileFormatException(index, $"it is not JSON ({e.Message})", e);
        }
        if (name == "StableDiffusionPipeline")
            return;
        throw ModelKinds.Unsupported(index, name switch
        {
            null => "a folder that names no pipeline class",
            _ when name.StartsWith("StableDiffusionXL", StringComparison.Ordinal) => $"Stable Diffusion XL ({name})",
            _ when name.Contains("Inpaint", StringComparison.Ordinal) => $"an inpainting model ({name})",
            _ => $"a model of the class {name}",
        });
    }

    void Read()
    {
        UNetConfig = UNet2DConditionConfig.Parse(Config(UNetName, out string unet), unet);
        VaeConfig = AutoencoderKLConfig.Parse(Config(VaeName, out string vae), vae);
        TextConfig = ClipTextConfig.Parse(Config(TextName, out string text), text);
        string scheduler = System.IO.Path.Combine(Path, "scheduler", "scheduler_config.json"),
            tokenizer = System.IO.Path.Combine(Path, "tokenizer");
        SchedulerConfig = SchedulerConfig.Read(scheduler);
        TokenizerFolder = Directory.Exists(tokenizer) ? tokenizer : null;

        TensorTable unetTable = Table(UNetName, DiffusersWeights, "diffusion_pytorch_model.bin");
        Component(UNetName, DiffusersWeights, unetTable, Outline(UNetConfig), _ => false);
        TensorTable vaeTable = Table(VaeName, DiffusersWeights, "diffusion_pytorch_model.bin");
        Component(VaeName, DiffusersWeights, vaeTable, Outline(VaeConfig), _ => false, Deprecated);
        TensorTable textTable = Table(TextName, TransformersWeights, "pytorch_model.bin");
        bool projection = textTable.TryGet(TextProjection, out _);
        Component(TextName, TransformersWeights, textTable, Outline(TextConfig, projection), name => name == PositionIds);
        if (projection)
            Note($"the text encoder's {TextProjection} is written to a folder only: the UNet does not read it, and LDM's file has no "
                + "place for it");

        string[] others = [.. Directory.EnumerateDirectories(Path).Select(d => System.IO.Path.GetFileName(d)).Except(known).Order()];
        if (others.Length > 0)
            Note($"left out: {string.Join(", ", others)} (not part of text to image)");
    }

    /// <summary>The text of a network's configuration, refused where it is another model's.</summary>
    string Config(string component, out string path)
    {
        path = System.IO.Path.Combine(Path, component, "config.json");
        byte[] bytes = InputFile.ReadAllBytes(path, MostIndexBytes);
        try
        {
            using JsonDocument json = JsonDocument.Parse(bytes);
            if (component == UNetName && Number(json.RootElement, "in_channels") is var channels and not 4)
                throw ModelKinds.OtherInputs(path, channels);
            if (component == UNetName && Number(json.RootElement, "cross_attention_dim") == 1024)
                throw ModelKinds.Unsupported(path, "Stable Diffusion 2 (its UNet reads text states of 1024 channels)");
        }
        catch (JsonException e)
        {
            throw new FileFormatException(path, $"it is not JSON ({e.Message})", e);
        }
        return System.Text.Encoding.UTF8.GetString(bytes);

        static int Number(JsonElement config, string key) =>
            config.ValueKind == JsonValueKind.Object && config.TryGetProperty(key, out JsonElement value)
            && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) ? number : 4;
    }

    TensorTable Table(string component, params string[] names)
    {
        TensorTable table = TensorTable.Open(WeightFiles.Find(System.IO.Path.Combine(Path, component), names));
        Own(table);
        return table;
    }

    void Component(
        string name, string weightsName, TensorTable table, IReadOnlyList<(string Name, Engine.Shape FileShape)> outline,
        Func<string, bool> isHarmless,
        params Naming[] olderNamings)
    {
        var reader = new ComponentReader(table);
        Add(name, weightsName, reader.Read(name, outline, [Rearrange.AsIs, .. olderNamings]));
        reader.Finish(name, isHarmless);
        AddProblems(reader);
    }

    static Place Deprecated(string name, IReadOnlyList<long> shape) => new(AutoencoderKLNames.Deprecated(name), shape);
}
