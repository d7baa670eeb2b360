namespace AlignT2I.WeightsConverter.Names;

/// <summary>Names in OpenAI's CLIP archives: q, k and v fused, both projections transposed.</summary>
/// <remarks>openai/CLIP: clip/model.py.</remarks>
internal static class OpenAiClipNames
{
    /// <summary>Names that stay whole.</summary>
    static readonly Dictionary<string, string> tensors = new(StringComparer.Ordinal)
    {
        ["logit_scale"] = "logit_scale",
        ["text_model.embeddings.token_embedding.weight"] = "token_embedding.weight",
        ["text_model.embeddings.position_embedding.weight"] = "positional_embedding",
        ["text_projection.weight"] = "text_projection",
        ["vision_model.embeddings.class_embedding"] = "visual.class_embedding",
        ["vision_model.embeddings.patch_embedding.weight"] = "visual.conv1.weight",
        ["vision_model.embeddings.position_embedding.weight"] = "visual.positional_embedding",
        ["visual_projection.weight"] = "visual.proj",
    };

    /// <summary>The blocks of a projection, in their order in OpenAI's fused one.</summary>
    static readonly string[] fused = [".self_attn.q_proj.", ".self_attn.k_proj.", ".self_attn.v_proj."];

    /// <summary>The naming for towers of so many layers.</summary>
    public static Naming For(int textLayers, int visionLayers)
    {
        var paths = new ModulePaths();
        paths.Add("text_model.final_layer_norm", "ln_final");
        paths.Add("vision_model.pre_layrnorm", "visual.ln_pre");
        paths.Add("vision_model.post_layernorm", "visual.ln_post");
        for (int layer = 0; layer < textLayers; layer++)
            AddLayer($"text_model.encoder.layers.{layer}", $"transformer.resblocks.{layer}");
        for (int layer = 0; layer < visionLayers; layer++)
            AddLayer($"vision_model.encoder.layers.{layer}", $"visual.transformer.resblocks.{layer}");
        return Find;

        void AddLayer(string path, string openAiPath) => paths.Add(path, openAiPath,
            ("layer_norm1", "ln_1"), ("layer_norm2", "ln_2"), ("mlp.fc1", "mlp.c_fc"), ("mlp.fc2", "mlp.c_proj"),
            ("self_attn.out_proj", "attn.out_proj"));

        Place Find(string name, IReadOnlyList<long> shape)
        {
            int part = Array.FindIndex(fused, f => name.Contains(f, StringComparison.Ordinal));
            if (part >= 0)
            {
                string whole = paths.Rename(name.Replace(fused[part], ".attn.in_proj_", StringComparison.Ordinal));
                return new Place(whole, [shape[0] * fused.Length, .. shape.Skip(1)], Part: part, Parts: fused.Length);
            }
            bool transposed = name is "text_projection.weight" or "visual_projection.weight";
            return new Place(
                tensors.TryGetValue(name, out string? tensor) ? tensor : paths.Rename(name),
                transposed ? [.. shape.Reverse()] : shape, transposed);
        }
    }
}
