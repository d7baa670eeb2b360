namespace AlignT2I.Training.Runs;

/// <summary>Hashes of a diffusers folder's parts.</summary>
public static class ModelFolder
{
    const string Weights = "diffusion_pytorch_model.safetensors";

    /// <summary>Hash of a UNet's weights: what images carry as their model's hash.</summary>
    /// <param name="unetFolder">The UNet's folder, as in <c>models/miniature/unet</c>.</param>
    /// <exception cref="AlignT2I.Files.UsageException">There are no weights.</exception>
    public static string UNetHash(string unetFolder) => ContentHash.OfFile(Path.Combine(unetFolder, Weights));

    /// <summary>Hash of the parts that stay as they are in fine-tuning: VAE and text encoder.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <exception cref="AlignT2I.Files.UsageException">A part has no weights.</exception>
    public static string FrozenHash(string folder) =>
        ContentHash.OfFile(Path.Combine(folder, "vae", Weights)) + ContentHash.OfFile(Path.Combine(folder, "text_encoder", "model.safetensors"));

    /// <summary>Folder of the UNet in a model's folder.</summary>
    public static string UNet(string folder) => Path.Combine(folder, "unet");
}
