using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Models.Clip;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.Embeddings;

/// <summary>CLIP with its tokenizer and preprocessing: images and texts to embeddings of length 1 in one space.</summary>
public sealed class ClipEmbedder : IDisposable
{
    const string ConfigName = "config.json", WeightsName = "model.safetensors";
    const string TextFolder = "text_encoder", VisionFolder = "image_encoder", OwnFolder = "clip";

    // 0, 1, 2 ..., which older transformers saved; and the scale of similarities, which embeddings do without.
    static readonly string[] ignored = ["text_model.embeddings.position_ids", "vision_model.embeddings.position_ids", "logit_scale"];

    readonly ClipTokenizer tokenizer;
    readonly ClipTextModelWithProjection text;
    readonly ClipVisionModelWithProjection vision;
    readonly ClipImageProcessor processor;
    readonly ParameterStore[] stores;
    readonly Backend backend;

    internal ClipEmbedder(
        ClipTokenizer tokenizer, ClipTextModelWithProjection text, ClipVisionModelWithProjection vision,
        ClipImageProcessor processor, string hash, params ParameterStore[] stores)
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

    /// <summary>
    /// Reads a diffusers folder: <c>tokenizer/</c>, <c>text_encoder/</c> and <c>image_encoder/</c>, both with projections, and
    /// <c>feature_extractor/</c> if it is there; or a transformers folder of CLIP, all of them side by side with one <c>config.json</c>;
    /// or a diffusers folder that has such a folder in it, <c>clip/</c>.
    /// </summary>
    /// <param name="folder">The folder, as <c>clip-vit-large-patch14</c>, or a model that has both encoders or such a folder.</param>
    /// <param name="backend">Where it computes; null is the CPU.</param>
    /// <exception cref="UsageException">A part is missing.</exception>
    /// <exception cref="FileFormatException">A part is damaged, or has no projection.</exception>
    public static ClipEmbedder Load(string folder, Backend? backend = null)
    {
        Require(folder);
        string own = FolderOf(folder);
        return IsClip(own) ? LoadClip(own, backend) : LoadModel(own, backend);
    }

    /// <summary>Checks that a folder has both encoders, before long work whose result they are to judge.</summary>
    /// <param name="folder">As <see cref="Load"/> reads it.</param>
    /// <exception cref="UsageException">A part is missing.</exception>
    public static void Require(string folder)
    {
        string own = FolderOf(folder);
        if (IsClip(own))
            return;
        if (own != folder)
        {
            throw new UsageException($"{Path.Combine(own, ConfigName)}: there is no such file; expected a folder of CLIP such as "
                + $"clip-vit-large-patch14 in the model's {OwnFolder}/. Where the model's own encoders are meant, remove {OwnFolder}/.");
        }
        foreach (string part in (ReadOnlySpan<string>)[TextFolder, VisionFolder])
        {
            string path = Path.Combine(folder, part, ConfigName);
            if (!File.Exists(path))
            {
                throw new UsageException($"{path}: there is no such file; embeddings need a model with {TextFolder}/ and {VisionFolder}/, "
                    + "or a folder of CLIP such as clip-vit-large-patch14: name it with --clip, or put it into the model's "
                    + $"as {OwnFolder}/.");
            }
        }
    }

    /// <summary>The CLIP of a model: the folder <c>clip/</c> in its own where there is one, or the model's encoders.</summary>
    /// <param name="folder">As <see cref="Load"/> reads it.</param>
    public static string FolderOf(string folder) => Path.Combine(folder, OwnFolder) is { } own && Directory.Exists(own) ? own : folder;

    /// <summary>Number of parameters of the CLIP in a folder, which are held in float32; nothing but the
    /// headers of its files is read.</summary>
    /// <param name="folder">As <see cref="Load"/> reads it.</param>
    /// <inheritdoc cref="Load"/>
    public static long Parameters(string folder)
    {
        Require(folder);
        string own = FolderOf(folder);
        return IsClip(own) ? ModelFolder.Parameters(own, WeightsName)
            : ModelFolder.Parameters(Path.Combine(own, TextFolder), WeightsName)
                + ModelFolder.Parameters(Path.Combine(own, VisionFolder), WeightsName);
    }

    /// <summary>Where the tokenizer of such a folder is.</summary>
    internal static string TokenizerFolder(string folder) => IsClip(folder) ? folder : Path.Combine(folder, "tokenizer");

    static bool IsClip(string folder) => File.Exists(Path.Combine(folder, ConfigName));

    static ClipEmbedder LoadModel(string folder, Backend? backend)
    {
        string textFolder = Path.Combine(folder, TextFolder), visionFolder = Path.Combine(folder, VisionFolder);
        ClipTokenizer tokenizer = ClipTokenizer.Load(TokenizerFolder(folder));
        (ParameterStore textStore, ClipTextModelWithProjection text) = Read(
            textFolder, backend, p => new ClipTextModelWithProjection(p, ClipTextConfig.Read(Path.Combine(textFolder, ConfigName))));
        (ParameterStore visionStore, ClipVisionModelWithProjection vision) = Read(
            visionFolder, backend,
            p => new ClipVisionModelWithProjection(p, ClipVisionConfig.Read(Path.Combine(visionFolder, ConfigName))));
        string hash = ModelFolder.Hash(textFolder, WeightsName) + ModelFolder.Hash(visionFolder, WeightsName);
        ClipImageProcessor processor = Processor(vision, Path.Combine(folder, "feature_extractor"));
        return new ClipEmbedder(tokenizer, text, vision, processor, hash, textStore, visionStore);
    }

    static ClipEmbedder LoadClip(string folder, Backend? backend)
    {
        ClipConfig config = ClipConfig.Read(Path.Combine(folder, ConfigName));
        ClipTokenizer tokenizer = ClipTokenizer.Load(TokenizerFolder(folder), config.TextConfig.MaxPositionEmbeddings);
        (ParameterStore store, (ClipTextModelWithProjection Text, ClipVisionModelWithProjection Vision) towers) = Read(
            folder, backend, p => (
                new ClipTextModelWithProjection(p, config.TextConfig with { ProjectionDim = config.ProjectionDim }),
                new ClipVisionModelWithProjection(p, config.VisionConfig with { ProjectionDim = config.ProjectionDim })));
        return new ClipEmbedder(
            tokenizer, towers.Text, towers.Vision, Processor(towers.Vision, folder), ModelFolder.Hash(folder, WeightsName), store);
    }

    static ClipImageProcessor Processor(ClipVisionModelWithProjection vision, string folder) => new(
        vision.VisionModel.Config.ImageSize, ClipImageProcessorConfig.Read(Path.Combine(folder, "preprocessor_config.json")));

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
        var store = new ParameterStore(new SafetensorsParameters(weights, ignored: ignored), backend);
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
