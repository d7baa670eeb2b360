using static AlignT2I.Models.Lora.LoraNames;

namespace AlignT2I.WeightsConverter.Names;

/// <summary>The names that diffusers has given low-rank adaptations over the years.</summary>
/// <remarks>
/// Today <c>unet.PATH.lora_A.weight</c>; earlier <c>unet.PATH.lora.down.weight</c>,
/// <c>text_encoder.PATH.lora_linear_layer.down.weight</c> and <c>unet.….attn1.processor.to_q_lora.down.weight</c>,
/// also without <c>unet.</c>
/// </remarks>
internal static class DiffusersLoraNames
{
    static readonly (string Ending, string Role)[] endings =
    [
        (Down, Down), (Up, Up), (Alpha, Alpha),
        (".lora_A.default.weight", Down), (".lora_B.default.weight", Up),
        (".lora_A.default_0.weight", Down), (".lora_B.default_0.weight", Up),
        (".lora.down.weight", Down), (".lora.up.weight", Up),
        (".lora_linear_layer.down.weight", Down), (".lora_linear_layer.up.weight", Up),
        ("_lora.down.weight", Down), ("_lora.up.weight", Up), (".lora_down.weight", Down), (".lora_up.weight", Up),
    ];

    /// <summary>The text encoder's projections in the names of the UNet's, as the first versions had them.</summary>
    static readonly (string Old, string New)[] textProjections =
        [(".to_q", ".q_proj"), (".to_k", ".k_proj"), (".to_v", ".v_proj"), (".to_out.0", ".out_proj")];

    /// <summary>Takes a name apart.</summary>
    /// <returns>The network, the path of the adapted module and which of its tensors it is; null where the name is none of
    /// these.</returns>
    public static (string Component, string Path, string Role)? Parse(string name)
    {
        bool text = name.StartsWith(Text + ".", StringComparison.Ordinal);
        string rest = text ? name[(Text.Length + 1)..]
            : name.StartsWith(UNet + ".", StringComparison.Ordinal) ? name[(UNet.Length + 1)..] : name;
        foreach ((string ending, string role) in endings)
        {
            if (!rest.EndsWith(ending, StringComparison.Ordinal))
                continue;
            string path = rest[..^ending.Length].Replace(".processor.", ".", StringComparison.Ordinal);
            if (path.EndsWith(".to_out", StringComparison.Ordinal))
                path += ".0";
            foreach ((string old, string current) in textProjections)
            {
                if (text && path.EndsWith(old, StringComparison.Ordinal))
                    path = path[..^old.Length] + current;
            }
            return (text ? Text : UNet, path, role);
        }
        return null;
    }
}
