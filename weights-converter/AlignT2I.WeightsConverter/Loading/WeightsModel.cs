using AlignT2I.Files;
using AlignT2I.WeightsConverter.Lora;
using AlignT2I.WeightsConverter.Streaming;
using AlignT2I.WeightsConverter.Writing;

namespace AlignT2I.WeightsConverter.Loading;

/// <summary>A model in whatever file or folder it came, seen with the names of diffusers and transformers.</summary>
/// <remarks>Opening reads names, shapes and configurations; values are read when they are written.</remarks>
public abstract class WeightsModel : IDisposable
{
    readonly List<IDisposable> files = [];
    readonly List<string> notes = [];
    readonly List<TensorProblem> problems = [];
    readonly List<ModelComponent> components = [];

    private protected WeightsModel(string path, ModelKind kind) => (Path, Kind) = (path, kind);

    /// <summary>The file or folder, as the caller named it.</summary>
    public string Path { get; }

    /// <summary>What it is.</summary>
    public ModelKind Kind { get; }

    /// <summary>Its networks.</summary>
    public IReadOnlyList<ModelComponent> Components => components;

    /// <summary>Tensors that are not as the configuration, or the kind of model, asks for.</summary>
    public IReadOnlyList<TensorProblem> Problems => problems;

    /// <summary>What the reader chose or left out, in sentences.</summary>
    public IReadOnlyList<string> Notes => notes;

    /// <summary>Opens a model; its kind is told by what is in it.</summary>
    /// <param name="path">A file of weights, a diffusers folder or a transformers CLIP folder.</param>
    /// <param name="options">What the reader cannot find out.</param>
    /// <exception cref="UsageException">There is no such file or folder.</exception>
    /// <exception cref="FileFormatException">A file is damaged, or of a model that is not supported.</exception>
    public static WeightsModel Open(string path, LoadingOptions? options = null)
    {
        options ??= new LoadingOptions();
        if (Directory.Exists(path))
        {
            return File.Exists(System.IO.Path.Combine(path, DiffusersFolder.IndexName)) ? DiffusersFolder.Open(path)
                : ClipFolder.IsOne(path) ? ClipFolder.Open(path)
                : throw new UsageException(
                    $"{path}: it has neither model_index.json of a diffusers model nor config.json of a CLIP model; name the model's "
                        + "folder or a file.");
        }

        TensorTable table = TensorTable.Open(path);
        try
        {
            return ModelKinds.Of(table) switch
            {
                ModelKind.LdmCheckpoint => new LdmCheckpoint(table, options),
                ModelKind.OpenAiClip => new OpenAiClip(table),
                ModelKind.TransformersClip => throw new UsageException(
                    $"{path}: it is the weights file of a transformers CLIP folder; name the folder, whose config.json belongs to it."),
                ModelKind.FidInception => new FidInception(table),
                ModelKind.AestheticPredictor => new AestheticWeights(table),
                ModelKind.KohyaLora => new LoraWeights(table, ModelKind.KohyaLora),
                ModelKind.DiffusersLora => new LoraWeights(table, ModelKind.DiffusersLora),
                _ => new OtherWeights(table),
            };
        }
        catch
        {
            table.Dispose();
            throw;
        }
    }

    /// <summary>Fails where the file is of no model that this program knows.</summary>
    /// <exception cref="FileFormatException">It is.</exception>
    public void RequireKnown()
    {
        if (Kind == ModelKind.Other)
        {
            IReadOnlyList<ModelTensor> tensors = components[0].Tensors;
            string example = tensors.Count > 0 ? $", '{Printable.Text(tensors[0].Name)}' among them" : "";
            throw new FileFormatException(Path, $"its {tensors.Count} tensors are of no model that this program knows{example}; "
                + "'weights-converter inspect' lists them, 'weights-converter convert' writes them as they are into a file that ends in "
                + ".safetensors.");
        }
    }

    /// <summary>Fails where a tensor that the model needs is missing or misshapen.</summary>
    /// <exception cref="FileFormatException">One is.</exception>
    public void RequireComplete()
    {
        TensorProblem[] fatal = [.. problems.Where(p => p.Kind != TensorProblemKind.Unexpected)];
        if (fatal.Length > 0)
        {
            throw new FileFormatException(Path,
                $"{fatal[0]}{(fatal.Length > 1 ? $", and {fatal.Length - 1} more tensors are not as the model needs them" : "")}; "
                + "'weights-converter verify' lists them all.");
        }
    }

    /// <summary>Closes the files.</summary>
    public void Dispose()
    {
        foreach (IDisposable file in files)
            file.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Puts other tensors in the place of the networks' own.</summary>
    /// <param name="replace">Given the network's name and a tensor, returns that tensor or another of its name and shape.</param>
    internal void Replace(Func<string, ModelTensor, ModelTensor> replace)
    {
        for (int i = 0; i < components.Count; i++)
            components[i] = components[i] with { Tensors = [.. components[i].Tensors.Select(t => replace(components[i].Name, t))] };
    }

    /// <summary>Writes everything of the model's folder but the weights: configurations, tokenizer, index.</summary>
    /// <param name="folder">The folder; those of the networks in it are there.</param>
    /// <exception cref="UsageException">This kind of model has no folder.</exception>
    internal virtual void WriteConfigs(string folder) =>
        throw new UsageException($"{Path}: '{Kind.Text()}' is one file; name an output that ends in .safetensors.");

    /// <summary>The model's tensors under the names of its single-file form.</summary>
    internal abstract IEnumerable<ModelTensor> SingleFile();

    /// <summary>The single file's <c>__metadata__</c>.</summary>
    internal virtual IReadOnlyDictionary<string, string> SingleFileMetadata => TensorStream.PyTorchMetadata;

    private protected void Note(string sentence) => notes.Add(sentence);

    /// <summary>Closes files with the model.</summary>
    private protected void Own(IDisposable file) => files.Add(file);

    /// <summary>Adds a network.</summary>
    private protected ModelComponent Add(string name, string weightsName, IReadOnlyList<ModelTensor> tensors)
    {
        var component = new ModelComponent(name, weightsName, tensors);
        components.Add(component);
        return component;
    }

    /// <summary>Takes over what a reader found wrong.</summary>
    private protected void AddProblems(ComponentReader reader)
    {
        problems.AddRange(reader.Problems);
        TensorProblem[] left = [.. reader.Problems.Where(p => p.Kind == TensorProblemKind.Unexpected)];
        if (left.Length > 0)
            Note($"left out: {left.Length} tensors that are not part of the model, {Printable.Text(left[0].Name)} among them");
    }
}
