using System.Text.Json;
using System.Text.Json.Serialization;

namespace AlignT2I.Models.Clip;

/// <summary>The keys of <c>tokenizer_config.json</c> that are read, and those that other tools want to find.</summary>
internal sealed record TokenizerConfig
{
    public string TokenizerClass { get; set; } = "CLIPTokenizer";

    /// <summary>Ids per prompt.</summary>
    public int ModelMaxLength { get; set; } = 77;

    public bool DoLowerCase { get; set; } = true;

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? OtherKeys { get; set; }
}
