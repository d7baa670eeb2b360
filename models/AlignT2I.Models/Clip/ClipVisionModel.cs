using AlignT2I.Engine;

namespace AlignT2I.Models.Clip;

/// <summary>CLIP's image tower: a vision transformer with a class token in front of the patches.</summary>
/// <remarks>
/// Dosovitskiy et al. 2021, arXiv:2010.11929; Radford et al. 2021, arXiv:2103.00020. Parameter names as in transformers'
/// CLIPVisionModel (<c>vision_model.…</c>, with its <c>pre_layrnorm</c>).
/// </remarks>
public sealed class ClipVisionModel : MultiModule<Tensor>
{
    readonly Tensor classEmbedding, positionEmbedding;
    readonly Conv2d patchEmbedding;
    readonly LayerNorm preLayerNorm, postLayerNorm;
    readonly ClipEncoderLayer[] layers;

    /// <summary>Asks for the parameters.</summary>
    /// <param name="p">The checkpoint's root, above <c>vision_model</c>.</param>
    /// <param name="config">The sizes.</param>
    public ClipVisionModel(ParameterBuilder p, ClipVisionConfig config)
    {
        config.Validate("vision_model");
        Config = config;
        p = p["vision_model"];
        int width = config.HiddenSize;
        float eps = (float)config.LayerNormEps;
        ParameterBuilder embeddings = p["embeddings"];
        classEmbedding = embeddings.Weight("class_embedding", [width], Init.Normal(1 / Math.Sqrt(width)));
        patchEmbedding = new Conv2d(
            embeddings["patch_embedding"], config.NumChannels, width, kernel: config.PatchSize, stride: config.PatchSize, bias: false);
        positionEmbedding = embeddings["position_embedding"].Weight("weight", [config.Tokens, width], Init.Normal(0.02));
        preLayerNorm = new LayerNorm(p["pre_layrnorm"], width, eps);
        layers = [.. Enumerable.Range(0, config.NumHiddenLayers).Select(i => new ClipEncoderLayer(
            p["encoder"]["layers"][i], width, config.IntermediateSize, config.NumAttentionHeads, causal: false, config.HiddenAct, eps))];
        postLayerNorm = new LayerNorm(p["post_layernorm"], width, eps);
    }

    /// <summary>What the tower was made from.</summary>
    public ClipVisionConfig Config { get; }

    /// <param name="pixelValues">Normalized images [N, imageSize, imageSize, channels].</param>
    /// <returns>Last hidden state [N, 1 + patches, D], before the last normalization, and the normalized class token [N, D].</returns>
    /// <exception cref="ShapeException">The images have another size.</exception>
    protected override Tensor[] Forward(Tensor pixelValues)
    {
        int n = pixelValues.Shape[0], width = Config.HiddenSize, tokens = Config.Tokens;
        Shape expected = [n, Config.ImageSize, Config.ImageSize, Config.NumChannels];
        if (pixelValues.Shape != expected)
            throw new ShapeException($"ClipVisionModel: pixelValues has shape {pixelValues.Shape}; it needs {expected}.");
        Tensor patches = patchEmbedding.Call(F.Cast(pixelValues, classEmbedding.DType)).Reshape([n, (tokens - 1) * width]);
        Tensor classTokens = F.AddTrailing(Tensor.Zeros([n, width], patches.DType, patches.Backend), classEmbedding);
        // Tokens lie one after the other, so that a token in front is columns in front of the flattened patches.
        Tensor x = F.Concat(classTokens, patches).Reshape([n, tokens, width]);
        x = preLayerNorm.Call(F.AddTrailing(x, positionEmbedding));
        foreach (ClipEncoderLayer layer in layers)
            x = layer.Call(x);
        Tensor classToken = F.SliceLast(x.Reshape([n, tokens * width]), 0, width);
        return [F.Cast(x, x.DType.Accumulator), F.Cast(postLayerNorm.Call(classToken), x.DType.Accumulator)];
    }
}
