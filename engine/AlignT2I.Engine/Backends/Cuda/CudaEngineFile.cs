using System.Text.Json;

namespace AlignT2I.Engine.Backends.Cuda;

/// <summary>Convolution engines chosen on one device with one version of the library: what the next process need not choose
/// again.</summary>
internal sealed class CudaEngineFile
{
    readonly CudaCache cache;
    readonly string name;
    readonly Dictionary<string, string> engines;

    public CudaEngineFile(CudaCache cache, string deviceName, Version version)
    {
        this.cache = cache;
        name = $"convolutions-{string.Concat(deviceName.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-'))}-{version}.json";
        engines = Read(cache.Read(name)) ?? [];
    }

    /// <summary>The engine chosen for a convolution; null where none was.</summary>
    public string? this[string key]
    {
        get => engines.GetValueOrDefault(key);
        set
        {
            engines[key] = value ?? throw new ArgumentNullException(nameof(value));
            cache.Write(name, JsonSerializer.SerializeToUtf8Bytes(engines, CudaJson.Default.DictionaryStringString));
        }
    }

    static Dictionary<string, string>? Read(byte[]? json)
    {
        try
        {
            return json is null ? null : JsonSerializer.Deserialize(json, CudaJson.Default.DictionaryStringString);
        }
        catch (JsonException)       // a damaged cache is no cache
        {
            return null;
        }
    }
}
