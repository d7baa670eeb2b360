using AlignT2I.Engine;

namespace AlignT2I.Models.Reward;

/// <summary>The reward r(x, z): how well image x matches prompt z, from their CLIP embeddings, by a perceptron.</summary>
/// <remarks>Lee et al. 2023, arXiv:2302.12192, section 3.2: hidden layers with ReLU, a sigmoid at the end. Parameters
/// <c>mlp.{0,2,4}</c>.</remarks>
public sealed class RewardModel : Module<Tensor, Tensor>
{
    // Scores of one prompt's images differ by tenths: scaled, by about one.
    const double ClipScoreScale = 8;

    readonly Linear[] mlp;
    readonly DType dtype;

    /// <summary>Asks for the parameters.</summary>
    /// <param name="p">The checkpoint's root, above <c>mlp</c>.</param>
    /// <param name="config">The sizes.</param>
    public RewardModel(ParameterBuilder p, RewardModelConfig config)
    {
        config.Validate("reward");
        Config = config;
        dtype = p.DType;
        int scores = config.ClipScoreInput ? 1 : 0;
        int[] widths = [config.ImageEmbedDim + config.TextEmbedDim + scores, .. config.HiddenSizes, 1];
        // Odd places are the activations, which have no parameters.
        mlp = [.. Enumerable.Range(0, widths.Length - 1).Select(i => new Linear(p["mlp"][2 * i], widths[i], widths[i + 1]))];
    }

    /// <summary>What the model was made from.</summary>
    public RewardModelConfig Config { get; }

    /// <param name="imageEmbeds">Embeddings of images [N, imageEmbedDim].</param>
    /// <param name="textEmbeds">Embeddings of their prompts [N, textEmbedDim].</param>
    /// <returns>Rewards [N], between 0 and 1.</returns>
    /// <exception cref="ShapeException">The embeddings have other widths than the model's.</exception>
    protected override Tensor Forward(Tensor imageEmbeds, Tensor textEmbeds)
    {
        int n = imageEmbeds.Shape[0];
        if (imageEmbeds.Shape != new[] { n, Config.ImageEmbedDim } || textEmbeds.Shape != new[] { n, Config.TextEmbedDim })
            throw new ShapeException($"RewardModel: embeddings have shapes {imageEmbeds.Shape} and {textEmbeds.Shape}; "
                + $"it needs [N, {Config.ImageEmbedDim}] and [N, {Config.TextEmbedDim}]: was it trained on another CLIP?");
        Tensor x = F.Concat(imageEmbeds, textEmbeds);
        if (Config.ClipScoreInput)
        {
            Tensor score = F.SumLast(F.Mul(imageEmbeds, textEmbeds)).Reshape([n, 1]);
            x = F.Concat(x, F.Affine(score, ClipScoreScale));
        }

        x = F.Cast(x, dtype);
        for (int i = 0; i < mlp.Length; i++)
            x = mlp[i].Call(x, activation: i < mlp.Length - 1 ? Activation.Relu : Activation.None);
        return F.Sigmoid(F.Cast(x, dtype.Accumulator)).Reshape([n]);
    }
}
