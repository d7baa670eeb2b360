using System.Runtime.InteropServices;
using System.Text.Json;
using AlignT2I.Engine;
using AlignT2I.Files;

namespace AlignT2I.Models.Parity;

/// <summary>A recorded reference case: inputs, results and what they are results of, in one safetensors file.</summary>
/// <remarks>
/// Tensors are named <c>input.X</c>, <c>output.X</c>, <c>cotangent.X</c>, <c>grad.input.X</c>, <c>grad.param.P</c>; the metadata has
/// <c>component</c>, <c>case</c>, <c>config</c>, <c>weights</c> and <c>noise</c>. Images are NCHW in the file.
/// </remarks>
public sealed class ParityCase : IDisposable
{
    readonly SafetensorsFile file;
    readonly JsonDocument config, noise;

    ParityCase(SafetensorsFile file)
    {
        this.file = file;
        Component = Entry("component");
        Name = Entry("case");
        config = Json("config");
        noise = file.Metadata.ContainsKey("noise") ? Json("noise") : JsonDocument.Parse("{}");
        if (noise.RootElement.ValueKind != JsonValueKind.Object)
            throw new FileFormatException(file.Path, "the metadata's 'noise' is no object; expected one entry for each tensor.");
        try
        {
            Weights = Entry("weights") is "none" ? null : SyntheticWeights.Parse(Entry("weights"));
        }
        catch (FormatException e)
        {
            throw new FileFormatException(file.Path, e.Message, e);
        }
    }

    /// <summary>The file, as the caller named it.</summary>
    public string Path => file.Path;

    /// <summary>What was run: <c>unet</c>, <c>vae</c>, <c>clip-text</c> and so on.</summary>
    public string Component { get; }

    /// <summary>The case's own name, such as <c>unet/tiny-a</c>.</summary>
    public string Name { get; }

    /// <summary>The configuration of what was run.</summary>
    public JsonElement Config => config.RootElement;

    /// <summary>The same, for readers of single values.</summary>
    internal ParitySetting Settings => new(Path, "config", Config);

    /// <summary>The model's weights; null where the case has none.</summary>
    public SyntheticWeights? Weights { get; }

    /// <summary>Names of all tensors, in the order of the file.</summary>
    public IEnumerable<string> Names => file.Tensors.Select(t => t.Name);

    /// <summary>Opens a case.</summary>
    /// <exception cref="UsageException">There is no such file.</exception>
    /// <exception cref="FileFormatException">The file is no safetensors file, or its metadata does not describe a case.</exception>
    public static ParityCase Read(string path)
    {
        SafetensorsFile file = SafetensorsFile.Open(path);
        try
        {
            return new ParityCase(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Whether the case has a tensor of that name.</summary>
    public bool Has(string name) => file.TryGet(name, out _);

    /// <summary>Shape of a tensor, as in the file.</summary>
    /// <exception cref="FileFormatException">There is no such tensor.</exception>
    public Shape ShapeOf(string name) => file[name].Shape.Select(d => checked((int)d)).ToArray();

    /// <summary>The entries of a list in the metadata, such as <c>gradstat_names</c>.</summary>
    /// <exception cref="FileFormatException">There is no such entry, or it is no list of strings.</exception>
    public string[] List(string key)
    {
        using JsonDocument list = Json(key);
        return [.. new ParitySetting(Path, key, list.RootElement).Items.Select(item => item.Text)];
    }

    /// <summary>Whether a tensor is zero in exact arithmetic, so that only rounding noise is left of it.</summary>
    public bool IsAnalyticZero(string name) =>
        noise.RootElement.TryGetProperty(name, out JsonElement n) && n.TryGetProperty("analytic_zero", out JsonElement z)
        && z.ValueKind == JsonValueKind.True;

    /// <summary>Relative L2 error of the recording itself against float64; 0 where it says nothing.</summary>
    public double RelativeNoise(string name) =>
        noise.RootElement.TryGetProperty(name, out JsonElement n) && n.TryGetProperty("rel_l2", out JsonElement r) ? r.GetDouble() : 0;

    /// <summary>The elements of a tensor as float64, in the order of the file.</summary>
    /// <exception cref="FileFormatException">There is no such tensor, or its type is none of F32, F64, I32, I64, U8.</exception>
    public double[] Values(string name)
    {
        SafetensorsTensor tensor = file[name];
        ReadOnlySpan<byte> bytes = file.GetBytes(name);
        return tensor.DType switch
        {
            SafetensorsDType.Float32 => Array.ConvertAll(MemoryMarshal.Cast<byte, float>(bytes).ToArray(), v => (double)v),
            SafetensorsDType.Float64 => MemoryMarshal.Cast<byte, double>(bytes).ToArray(),
            SafetensorsDType.Int32 => Array.ConvertAll(MemoryMarshal.Cast<byte, int>(bytes).ToArray(), v => (double)v),
            SafetensorsDType.Int64 => Array.ConvertAll(MemoryMarshal.Cast<byte, long>(bytes).ToArray(), v => (double)v),
            SafetensorsDType.UInt8 => Array.ConvertAll(bytes.ToArray(), v => (double)v),
            _ => throw new FileFormatException(
                Path, $"tensor '{name}' is {tensor.DType}; a case has Float32, Float64, Int32, Int64 or UInt8."),
        };
    }

    /// <summary>One row of a tensor, as float64: its elements at a place of the first axis.</summary>
    /// <exception cref="FileFormatException">There is no such tensor or row.</exception>
    public double[] Row(string name, int row)
    {
        double[] values = Values(name);
        Shape shape = ShapeOf(name);
        if (shape.Rank == 0 || row >= shape[0])
            throw new FileFormatException(Path, $"tensor '{name}' has shape {shape}; it has no row {row}.");
        int length = values.Length / shape[0];
        return values[(row * length)..((row + 1) * length)];
    }

    /// <summary>Shape of a row: that of the tensor without the first axis.</summary>
    /// <exception cref="FileFormatException">There is no such tensor.</exception>
    public Shape RowShapeOf(string name) => ShapeOf(name).ToArray()[1..];

    /// <inheritdoc/>
    public void Dispose()
    {
        file.Dispose();
        config.Dispose();
        noise.Dispose();
    }

    string Entry(string key) => file.Metadata.TryGetValue(key, out string? value)
        ? value
        : throw new FileFormatException(
            Path, $"the metadata has no '{key}'; a recorded case names its component, case, config and weights.");

    JsonDocument Json(string key)
    {
        try
        {
            return JsonDocument.Parse(Entry(key));
        }
        catch (JsonException e)
        {
            throw new FileFormatException(Path, $"the metadata's '{key}' is not JSON ({e.Message})", e);
        }
    }
}
