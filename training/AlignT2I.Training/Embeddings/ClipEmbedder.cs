using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Models.Clip;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.Embeddings;

/// <summary>CLIP with its tokenizer and preprocessing: images and texts to embeddings of length 1 in one space.</summary>
public sealed class ClipEmbedder : IDisposable
{
    const string ConfigName = "config.json", WeightsName = "model.safetensors";

    // 0, 1, 2 ...: older transformers saved them.
    static readonly string[] positionIds = ["text_model.embeddings.position_ids", "vision_model.embeddings.position_ids"];

    readonly ClipTokenizer tokenizer;
    readonly ClipTextModelWithProjection text;
    readonly ClipVisionModelWithProjection vision;
    readonly ClipImageProcessor processor;
    readonly ParameterStore[] stores;
    readonly Backend backend;

    internal ClipEmbedder(
        ClipTokenizer tokenizer, ClipTextModelWithProjection text, ClipVisionModelWithProjection vision, ClipImageProcessor processor, string hash,
        params ParameterStore[] stores)
    {
        (this.tokenizer, this.text, this.vision, this.stores) = (tokenizer, text, vision, stores);
        backend = stores[0].Backend;
        Hash = hash;
        Dim = text.TextModel.Config.ProjectionDim;
        if (vision.VisionModel.Config.ProjectionDim is var images && images != Dim)
            throw new ShapeException($"CLIP: texts have embeddings of {Dim}, images of {images}; the towers are of different models.");
        this.processor = processor;
    }

    /// <summary>Length of an embedding.</summary>
    public int Dim { get; }

    /// <summary>Tells this CLIP from others: a hash of its weights.</summary>
    public string Hash { get; }

    /// <summary>Reads <c>tokenizer/</c>, <c>text_encoder/</c> and <c>image_encoder/</c>, both with projections, and <c>feature_extractor/</c> if it is there.</summary>
    /// <param name="modelFolder">A diffusers folder.</param>
    /// <param name="backend">Where it computes; null is the CPU.</param>
    /// <exception cref="UsageException">A part is missing.</exception>
    /// <exception cref="FileFormatException">A part is damaged, or has no projection.</exception>
    public static ClipEmbedder Load(string modelFolder, Backend? backend = null)
    {
        string textFolder = Path.Combine(modelFolder, "text_encoder"), visionFolder = Path.Combine(modelFolder, "image_encoder");
        Require(modelFolder);
        ClipTokenizer tokenizer = ClipTokenizer.Load(Path.Combine(modelFolder, "tokenizer"));
        (ParameterStore textStore, ClipTextModelWithProjection text) = Read(
            textFolder, backend, p => new ClipTextModelWithProjection(p, ClipTextConfig.Read(Path.Combine(textFolder, ConfigName))));
        (ParameterStore visionStore, ClipVisionModelWithProjection vision) = Read(
            visionFolder, backend, p => new ClipVisionModelWithProjection(p, ClipVisionConfig.Read(Path.Combine(visionFolder, ConfigName))));
        string hash = ModelFolder.Hash(textFolder, WeightsName) + ModelFolder.Hash(visionFolder, WeightsName);
        var processor = new ClipImageProcessor(
            vision.VisionModel.Config.ImageSize,
            ClipImageProcessorConfig.Read(Path.Combine(modelFolder, "feature_extractor", "preprocessor_config.json")));
        return new ClipEmbedder(tokenizer, text, vision, processor, hash, textStore, visionStore);
    }

    /// <summary>Checks that a folder has both towers, before long work whose result they are to judge.</summary>
    /// <param name="modelFolder">A diffusers folder.</param>
    /// <exception cref="UsageException">A part is missing.</exception>
    public static void Require(string modelFolder)
    {
        foreach (string part in (ReadOnlySpan<string>)["text_encoder", "image_encoder"])
        {
            string path = Path.Combine(modelFolder, part, ConfigName);
            if (!File.Exists(path))
                throw new UsageException($"{path}: there is no such file; embeddings need a model with text_encoder/ and image_encoder/.");
        }
    }

    /// <summary>Embeddings of images of any sizes.</summary>
    /// <param name="images">RGB images.</param>
    /// <returns>[N, <see cref="Dim"/>] float32, rows of length 1, in the current memory scope, where CLIP computes.</returns>
    /// <exception cref="ShapeException">An image does not have three channels.</exception>
    public Tensor EmbedImages(IReadOnlyList<Image> images)
    {
        using MemoryScope scope = MemoryScope.Open();
        using Tape pause = Tape.Pause();
        Tensor pixelValues = processor.Process(images).To(backend);
        return scope.Keep(F.L2Normalize(vision.Call(pixelValues)[2]));
    }

    /// <summary>Embeddings of texts.</summary>
    /// <param name="texts">Prompts.</param>
    /// <returns>[N, <see cref="Dim"/>] float32, rows of length 1, in the current memory scope, where CLIP computes.</returns>
    public Tensor EmbedTexts(IReadOnlyList<string> texts)
    {
        using MemoryScope scope = MemoryScope.Open();
        using Tape pause = Tape.Pause();
        int[] ids = [.. texts.SelectMany(t => tokenizer.Encode(t))];
        return scope.Keep(F.L2Normalize(text.Call(Tensor.From(ids, [texts.Count, tokenizer.ModelMaxLength], backend))[2]));
    }

    /// <summary>Frees the weights.</summary>
    public void Dispose()
    {
        foreach (ParameterStore store in stores)
            store.Dispose();
    }

    static (ParameterStore Store, T Model) Read<T>(string folder, Backend? backend, Func<ParameterBuilder, T> build)
    {
        using SafetensorsSet weights = SafetensorsSet.Open(folder, WeightsName);
        var store = new ParameterStore(new SafetensorsParameters(weights, ignored: positionIds), backend);
        try
        {
            T model = build(store.Root);
            store.Finish();
            return (store, model);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }
}
