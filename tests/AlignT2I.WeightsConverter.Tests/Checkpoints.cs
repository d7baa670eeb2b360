using AlignT2I.Files;
using AlignT2I.Testing;
using AlignT2I.WeightsConverter.Loading;
using AlignT2I.WeightsConverter.Streaming;
using AlignT2I.WeightsConverter.Writing;

namespace AlignT2I.WeightsConverter.Tests;

/// <summary>The recorded checkpoints, all of one tiny model, and what tests do with them.</summary>
internal static class Checkpoints
{
    /// <summary>Path of a file; skips the test where the recordings are not there.</summary>
    public static string File(string name) => Golden.Path("checkpoints/" + name);

    /// <summary>Path of a folder; skips the test where the recordings are not there.</summary>
    public static string Folder(string name) => Path.GetDirectoryName(Golden.Path($"checkpoints/{name}/model_index.json"))!;

    /// <summary>Configurations of the tiny model: an LDM file says no numbers of groups and heads.</summary>
    public static LoadingOptions Tiny => new() { ConfigFolder = Folder("diffusers-safetensors-fp32") };

    /// <summary>Converts and returns the target.</summary>
    public static string Convert(string source, string target, LoadingOptions? loading = null, ConversionOptions? options = null)
    {
        using WeightsModel model = WeightsModel.Open(source, loading);
        Converter.Write(model, target, options ?? new ConversionOptions());
        return target;
    }

    /// <summary>Type, shape and values of every tensor of safetensors files, by name.</summary>
    public static Dictionary<string, string> Content(params IEnumerable<string> paths)
    {
        Dictionary<string, string> content = [];
        foreach (string path in paths)
        {
            using SafetensorsFile file = SafetensorsFile.Open(path);
            foreach (SafetensorsTensor t in file.Tensors)
                content.Add(t.Name, $"{t.DType} [{string.Join(", ", t.Shape)}] {System.Convert.ToHexString(file.GetBytes(t.Name))}");
        }
        return content;
    }

    /// <summary>The same of a model, by network and name.</summary>
    public static Dictionary<string, string> Content(WeightsModel model) => model.Components.SelectMany(
        c => c.Tensors.Select(t => (
            $"{c.Name}/{t.Name}", $"{t.DType} [{string.Join(", ", t.Shape)}] {System.Convert.ToHexString(Values(t))}")))
        .ToDictionary();

    /// <summary>The values of a tensor.</summary>
    public static byte[] Values(ModelTensor tensor)
    {
        byte[] bytes = new byte[tensor.ByteCount];
        tensor.Read(bytes);
        return bytes;
    }
}
