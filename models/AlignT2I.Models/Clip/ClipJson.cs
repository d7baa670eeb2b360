using System.Text.Json.Serialization;

namespace AlignT2I.Models.Clip;

/// <summary>Source-generated readers and writers of the tokenizer's and CLIP's JSON files.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(Dictionary<string, int>))]
[JsonSerializable(typeof(TokenizerConfig))]
[JsonSerializable(typeof(ClipTextConfig))]
[JsonSerializable(typeof(ClipVisionConfig))]
[JsonSerializable(typeof(ClipConfig))]
[JsonSerializable(typeof(ClipImageProcessorConfig))]
internal sealed partial class ClipJson : JsonSerializerContext;
