using AlignT2I.Engine;
using AlignT2I.Models.StableDiffusion;

namespace AlignT2I.Models.Clip;

/// <summary>What the two towers' configurations have in common: the transformer's sizes and its activation.</summary>
internal static class ClipTower
{
    public const string QuickGelu = "quick_gelu", Gelu = "gelu";

    /// <summary>The activation that a configuration names.</summary>
    public static Activation Activation(string name) => name == QuickGelu ? Engine.Activation.QuickGelu : Engine.Activation.Gelu;

    public static void Validate(ConfigCheck check, int hidden, int intermediate, int projection, int layers, int heads,
        string activation, double eps)
    {
        check.Positive("hidden_size", hidden);
        check.Positive("intermediate_size", intermediate);
        check.Positive("projection_dim", projection);
        check.Positive("num_hidden_layers", layers);
        check.Positive("num_attention_heads", heads);
        check.That(hidden % heads == 0, "num_attention_heads", heads, $"a number of heads that divides hidden_size = {hidden}");
        check.That(activation is QuickGelu or Gelu, "hidden_act", activation, $"{QuickGelu} or {Gelu}");
        check.That(eps > 0, "layer_norm_eps", eps, "a positive number");
    }
}
