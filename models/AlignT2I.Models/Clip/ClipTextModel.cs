using AlignT2I.Engine;
using AlignT2I.Files;

namespace AlignT2I.Models.Clip;

/// <summary>CLIP's text tower: token ids to hidden states, which the UNet reads.</summary>
/// <remarks>Radford et al. 2021, arXiv:2103.00020. Parameter names as in transformers' CLIPTextModel (<c>text_model.…</c>).</remarks>
public sealed class ClipTextModel : Module<Tensor>
{
    readonly Tensor tokenEmbedding, positionEmbedding;
    readonly ClipEncoderLayer[] layers;
    readonly LayerNorm finalLayerNorm;

    /// <summary>Asks for the parameters.</summary>
    /// <param name="p">The checkpoint's root, above <c>text_model</c>.</param>
    /// <param name="config">The sizes.</param>
    public ClipTextModel(ParameterBuilder p, ClipTextConfig config)
    {
        config.Validate("text_encoder");
        Config = config;
        p = p["text_model"];
        float eps = (float)config.LayerNormEps;
        tokenEmbedding = p["embeddings"]["token_embedding"].Weight("weight", [config.VocabSize, config.HiddenSize], Init.Normal(0.02));
        positionEmbedding = p["embeddings"]["position_embedding"]
            .Weight("weight", [config.MaxPositionEmbeddings, config.HiddenSize], Init.Normal(0.01));
        layers = [.. Enumerable.Range(0, config.NumHiddenLayers).Select(i => new ClipEncoderLayer(
            p["encoder"]["layers"][i], config.HiddenSize, config.IntermediateSize, config.NumAttentionHeads, causal: true,
            config.HiddenAct, eps))];
        finalLayerNorm = new LayerNorm(p["final_layer_norm"], config.HiddenSize, eps);
    }

    /// <summary>What the tower was made from.</summary>
    public ClipTextConfig Config { get; }

    /// <summary>The hidden state of each prompt's first end token, which stands for the whole prompt.</summary>
    /// <param name="lastHiddenState">What <c>Call</c> returned [N, S, D].</param>
    /// <param name="inputIds">The ids it was given [N, S] I32.</param>
    /// <returns>[N, D].</returns>
    /// <exception cref="ArgumentOutOfRangeException">A prompt has no end token.</exception>
    public Tensor Pool(Tensor lastHiddenState, Tensor inputIds) =>
        F.Gather(lastHiddenState, F.FirstIndex(inputIds, Config.PooledTokenId));

    /// <param name="inputIds">Token ids [N, S] I32, S up to <see cref="ClipTextConfig.MaxPositionEmbeddings"/>.</param>
    /// <returns>Last hidden state, after the final normalization [N, S, D].</returns>
    /// <exception cref="ShapeException">The ids are not [N, S], or S is too long.</exception>
    protected override Tensor Forward(Tensor inputIds)
    {
        if (inputIds.Shape.Rank != 2 || inputIds.Shape[1] > Config.MaxPositionEmbeddings)
            throw new ShapeException(
                $"ClipTextModel: inputIds has shape {inputIds.Shape}; it needs [N, S] with S up to {Config.MaxPositionEmbeddings}.");
        int length = inputIds.Shape[1];
        Tensor positions = length == Config.MaxPositionEmbeddings ? positionEmbedding
            : F.Embedding(Tensor.From(Enumerable.Range(0, length).ToArray(), [length], positionEmbedding.Backend), positionEmbedding);
        Tensor x = F.AddTrailing(F.Embedding(inputIds, tokenEmbedding), positions);
        foreach (ClipEncoderLayer layer in layers)
            x = layer.Call(x);
        return F.Cast(finalLayerNorm.Call(x), x.DType.Accumulator);
    }
}
