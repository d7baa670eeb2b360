using AlignT2I.Engine;
using AlignT2I.Files;

namespace AlignT2I.Training.Runs;

/// <summary>Hashes and sizes of a diffusers folder's parts.</summary>
public static class ModelFolder
{
    /// <summary>File of a UNet's or an autoencoder's weights.</summary>
    internal const string Weights = "diffusion_pytorch_model.safetensors";

    /// <summary>File of a text encoder's weights.</summary>
    internal const string TextWeights = "model.safetensors";

    /// <summary>Hash of a UNet's weights: what images carry as their model's hash.</summary>
    /// <param name="unetFolder">The UNet's folder, as in <c>models/miniature/unet</c>.</param>
    /// <exception cref="UsageException">There are no weights.</exception>
    public static string UNetHash(string unetFolder) => Hash(unetFolder, Weights);

    /// <summary>What images say of their model.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <param name="unetFolder">Another UNet's folder, or null.</param>
    /// <exception cref="UsageException">There are no weights.</exception>
    public static ModelIdentity Identify(string folder, string? unetFolder = null)
    {
        string hash = UNetHash(unetFolder ?? UNet(folder));
        if (unetFolder is null)
            return new ModelIdentity(hash, Name(folder));
        string unet = Name(unetFolder) == "unet" ? Name(Path.Combine(unetFolder, "..")) : Name(unetFolder);     // runs/a/finetuned/unet
        return new ModelIdentity(hash, $"{Name(folder)} with {unet}");
    }

    static string Name(string folder) => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));

    /// <summary>Hash of the parts that stay as they are in fine-tuning: VAE and text encoder.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <exception cref="UsageException">A part has no weights.</exception>
    public static string FrozenHash(string folder) =>
        Hash(Path.Combine(folder, "vae"), Weights) + Hash(Path.Combine(folder, "text_encoder"), TextWeights);

    /// <summary>Folder of the UNet in a model's folder.</summary>
    public static string UNet(string folder) => Path.Combine(folder, "unet");

    /// <summary>Hash of a network's weights, those of its shards one after the other.</summary>
    /// <param name="folder">The network's folder.</param>
    /// <param name="name">Name of the whole file.</param>
    /// <exception cref="UsageException">There are no weights.</exception>
    public static string Hash(string folder, string name) => string.Concat(WeightFiles.Find(folder, name).Select(ContentHash.OfFile));

    /// <summary>Number of a network's parameters, by the headers of its files.</summary>
    /// <param name="folder">The network's folder.</param>
    /// <param name="name">Name of the whole file.</param>
    /// <exception cref="UsageException">There are no weights.</exception>
    /// <exception cref="FileFormatException">A file is damaged.</exception>
    internal static long Parameters(string folder, string name)
    {
        using SafetensorsSet weights = SafetensorsSet.Open(folder, name);
        return weights.Tensors.Sum(t => t.Shape.Aggregate(1L, (count, size) => count * size));
    }

    /// <summary>Shapes, as in memory, of the weights that a network's input is multiplied by: not of embeddings, nor of a VAE's
    /// encoder.</summary>
    /// <inheritdoc cref="Parameters"/>
    internal static IReadOnlyList<Shape> Products(string folder, string name)
    {
        using SafetensorsSet weights = SafetensorsSet.Open(folder, name);
        return
        [
            .. weights.Tensors
                .Where(t => !t.Name.EndsWith("_embedding.weight", StringComparison.Ordinal)
                    && !t.Name.StartsWith("encoder.", StringComparison.Ordinal) && t.Shape.Count > 1)
                .Select(t => Shape.Create([(int)t.Shape[0], .. t.Shape.Skip(2).Select(size => (int)size), (int)t.Shape[1]])),
        ];
    }

    /// <summary>Number of the parameters that stay as they are in fine-tuning: those of VAE and text encoder.</summary>
    /// <inheritdoc cref="FrozenHash"/>
    internal static long FrozenParameters(string folder) =>
        Parameters(Path.Combine(folder, "vae"), Weights) + Parameters(Path.Combine(folder, "text_encoder"), TextWeights);
}
