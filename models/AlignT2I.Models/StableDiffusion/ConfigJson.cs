using System.Text.Json.Serialization;

namespace AlignT2I.Models.StableDiffusion;

/// <summary>Source-generated readers and writers of the configurations: no reflection at run time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(UNet2DConditionConfig))]
[JsonSerializable(typeof(AutoencoderKLConfig))]
internal sealed partial class ConfigJson : JsonSerializerContext;
