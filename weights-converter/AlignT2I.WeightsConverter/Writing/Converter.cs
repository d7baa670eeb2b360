using AlignT2I.Files;
using AlignT2I.WeightsConverter.Loading;
using AlignT2I.WeightsConverter.Streaming;

namespace AlignT2I.WeightsConverter.Writing;

/// <summary>Writes a model: as a folder of diffusers or transformers, or as the one file that other programs load.</summary>
/// <remarks>Nothing appears under the name before it is whole and on the disk. Memory: two copies of the largest tensor and a few
/// megabytes.</remarks>
public static class Converter
{
    const string SingleFileEnding = ".safetensors";

    /// <summary>Writes the model: to one file where the name ends in <c>.safetensors</c>, else to a folder.</summary>
    /// <param name="model">The model, with no tensor missing.</param>
    /// <param name="path">The file or folder.</param>
    /// <param name="options">How.</param>
    /// <returns>Bytes of the tensors that were written.</returns>
    /// <exception cref="UsageException">The name is taken and <see cref="ConversionOptions.Overwrite"/> is false, or no model is written
    /// so.</exception>
    /// <exception cref="FileFormatException">A tensor is missing or misshapen, or a file is damaged.</exception>
    /// <exception cref="StorageException">It cannot be written; what was there before is untouched.</exception>
    /// <exception cref="OperationCanceledException">It was stopped; what was there before is untouched.</exception>
    public static long Write(WeightsModel model, string path, ConversionOptions options)
    {
        model.RequireComplete();
        bool single = IsSingleFile(path);
        CheckTarget(model.Path, path, single, options.Overwrite);
        return single ? WriteFile(model, path, options) : WriteFolder(model, path, options);
    }

    /// <summary>Whether a name is that of a single file; other endings of weights files are refused.</summary>
    /// <exception cref="UsageException">The name ends as a pickle's.</exception>
    public static bool IsSingleFile(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        SingleFileEnding => true,
        ".ckpt" or ".pt" or ".pth" or ".bin" => throw new UsageException(
            $"{path}: pickles are read and not written; name a file that ends in .safetensors, or a folder."),
        _ => false,
    };

    static long WriteFile(WeightsModel model, string path, ConversionOptions options)
    {
        ModelTensor[] tensors = [.. model.SingleFile().Select(t => CastTensor.To(t, options.DType))];
        long bytes = tensors.Sum(t => t.ByteCount);
        new TensorStream(options, bytes).Write(path, tensors, model.SingleFileMetadata);
        return bytes;
    }

    static long WriteFolder(WeightsModel model, string path, ConversionOptions options)
    {
        (ModelComponent Component, ModelTensor[] Tensors)[] parts =
            [.. model.Components.Select(c => (c, c.Tensors.Select(t => CastTensor.To(t, options.DType)).ToArray()))];
        long bytes = parts.Sum(p => p.Tensors.Sum(t => t.ByteCount));
        using AtomicFolder folder = AtomicFolder.Create(path);
        foreach ((ModelComponent component, _) in parts)
            Directory.CreateDirectory(Path.Combine(folder.TemporaryPath, component.Name));
        model.WriteConfigs(folder.TemporaryPath);       // first: what does not fit is found before gigabytes are written
        var stream = new TensorStream(options, bytes);
        foreach ((ModelComponent component, ModelTensor[] tensors) in parts)
            stream.Write(Path.Combine(folder.TemporaryPath, component.Name, component.WeightsName), tensors, TensorStream.PyTorchMetadata);
        folder.Commit();
        return bytes;
    }

    /// <summary>Fails where the name must not be written.</summary>
    static void CheckTarget(string source, string path, bool single, bool overwrite)
    {
        if (Path.GetFullPath(source) == Path.GetFullPath(Path.TrimEndingDirectorySeparator(path)))
            throw new UsageException($"{path}: it is what is read; choose another name for what is written.");
        if (single && Directory.Exists(path))
            throw new UsageException($"{path}: it is a folder; choose another name for the file, or name a folder without the ending "
                + ".safetensors.");
        if (!single && File.Exists(path))
            throw new UsageException($"{path}: it is a file; choose another name for the folder, or one that ends in .safetensors for a "
                + "single file.");
        if (!File.Exists(path) && !Directory.Exists(path))
            return;
        if (!overwrite)
            throw new UsageException($"{path}: it is there already; choose another name, or replace it with --force.");
        if (!single && !IsModelFolder(path))
            throw new UsageException($"{path}: it is a folder without a model, which is not replaced; choose another name.");
    }

    static bool IsModelFolder(string path) =>
        File.Exists(Path.Combine(path, "model_index.json")) || File.Exists(Path.Combine(path, "config.json"));
}
