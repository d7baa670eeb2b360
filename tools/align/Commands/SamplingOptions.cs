using System.CommandLine;
using AlignT2I.CommandLine;
using AlignT2I.Training.Generation;

namespace AlignT2I.Align.Commands;

/// <summary>Options of the commands that draw; their defaults go with the model.</summary>
internal static class SamplingOptions
{
    static readonly ImageGenerationOptions defaults = new();

    /// <summary><c>--steps</c>.</summary>
    public static Option<int?> Steps() => ByModel<int?>("--steps", "denoising steps", o => o.Steps);

    /// <summary><c>--guidance-scale</c>.</summary>
    public static Option<double?> GuidanceScale() =>
        ByModel<double?>("--guidance-scale", "weight of classifier-free guidance, 1 is none", o => o.GuidanceScale);

    /// <summary>An option that is one of <see cref="ImageGenerationOptions"/>.</summary>
    public static Option<T> ByModel<T>(string name, string description, Func<ImageGenerationOptions, T> value) =>
        CommandOptions.ByModel(name, description, value(defaults), value(ImageGenerationOptions.Miniature));
}
