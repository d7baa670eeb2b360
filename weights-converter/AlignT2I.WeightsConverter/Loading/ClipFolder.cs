using AlignT2I.Files;
using AlignT2I.Models.Clip;
using AlignT2I.WeightsConverter.Names;

namespace AlignT2I.WeightsConverter.Loading;

/// <summary>CLIP as a transformers folder: config.json, weights, and the tokenizer's files beside them.</summary>
internal sealed class ClipFolder : ClipWeights
{
    static readonly string[] constants = ["text_model.embeddings.position_ids", "vision_model.embeddings.position_ids"];

    ClipFolder(string path) : base(path, ModelKind.TransformersClip)
    {
    }

    public static bool IsOne(string path) => File.Exists(System.IO.Path.Combine(path, "config.json"))
        && WeightFiles.TryFind(path, WeightsName, "pytorch_model.bin") is not null;

    public static ClipFolder Open(string path)
    {
        string config = System.IO.Path.Combine(path, "config.json");
        TensorTable table = TensorTable.Open(WeightFiles.Find(path, WeightsName, "pytorch_model.bin"));
        try
        {
            if (ModelKinds.Of(table) is var kind and not ModelKind.TransformersClip)
            {
                throw new FileFormatException(path, kind is null
                    ? "the weights beside its config.json are of no model that this program knows; expected a CLIP with both towers."
                    : $"the weights beside its config.json are '{kind.Value.Text()}'; name the file itself.");
            }
            var model = new ClipFolder(path)
            {
                Config = ClipConfig.Read(config),
                ImageProcessorConfig = ClipImageProcessorConfig.Read(System.IO.Path.Combine(path, "preprocessor_config.json")),
                TokenizerFolder = File.Exists(System.IO.Path.Combine(path, "vocab.json")) ? path : null,
            };
            model.Read(table);
            return model;
        }
        catch
        {
            table.Dispose();
            throw;
        }
    }

    void Read(TensorTable table)
    {
        var reader = new ComponentReader(table);
        Add("", WeightsName, reader.Read("clip", Outline, Rearrange.AsIs));
        reader.Finish("clip", constants.Contains);
        AddProblems(reader);
        Own(table);
    }
}
