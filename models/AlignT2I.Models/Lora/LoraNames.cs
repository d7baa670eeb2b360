namespace AlignT2I.Models.Lora;

/// <summary>How the tensors of a low-rank adaptation of Stable Diffusion are named in files, today's names of the two libraries.</summary>
/// <remarks>
/// diffusers: <c>unet.PATH.lora_A.weight</c> and <c>.lora_B.weight</c>, the scale within B. kohya-ss/sd-scripts:
/// <c>lora_unet_PATH.lora_down.weight</c>, <c>.lora_up.weight</c> and <c>.alpha</c>, the path with underscores for dots.
/// </remarks>
public static class LoraNames
{
    /// <summary>The networks that are adapted.</summary>
    public const string UNet = "unet", Text = "text_encoder";

    /// <summary>Ends of diffusers' names.</summary>
    public const string Down = ".lora_A.weight", Up = ".lora_B.weight", Alpha = ".alpha";

    /// <summary>Ends of kohya's names.</summary>
    public const string KohyaDown = ".lora_down.weight", KohyaUp = ".lora_up.weight", KohyaAlpha = ".alpha";

    /// <summary>Starts of kohya's names.</summary>
    public const string KohyaUNet = "lora_unet_", KohyaText = "lora_te_";

    /// <summary>A module in diffusers' names, without the end.</summary>
    /// <param name="component">The network.</param>
    /// <param name="path">The module's path in it.</param>
    public static string Diffusers(string component, string path) => $"{component}.{path}";

    /// <summary>A module in kohya's names, without the end.</summary>
    /// <param name="component">The network.</param>
    /// <param name="path">The module's path in it.</param>
    public static string Kohya(string component, string path) => (component == Text ? KohyaText : KohyaUNet) + path.Replace('.', '_');
}
