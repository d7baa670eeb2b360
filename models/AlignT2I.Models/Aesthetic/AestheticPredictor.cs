using AlignT2I.Engine;

namespace AlignT2I.Models.Aesthetic;

/// <summary>How well people like a picture, 1 to 10, from its CLIP ViT-L/14 embedding.</summary>
/// <remarks>
/// LAION's aesthetic predictors: version 2 (christophschuhmann/improved-aesthetic-predictor, simple_inference.py), linear layers with
/// dropout but no activation between them, whose scores above 6.5 selected the pre-training images of Lee et al. 2023; and version 1
/// (LAION-AI/aesthetic-predictor), one linear layer. Parameter names as in their checkpoints.
/// </remarks>
public sealed class AestheticPredictor : Module<Tensor>
{
    readonly Linear[] layers;
    readonly DType dtype;

    /// <summary>Asks for the parameters.</summary>
    /// <param name="p">The checkpoint's root.</param>
    /// <param name="config">The sizes.</param>
    public AestheticPredictor(ParameterBuilder p, AestheticPredictorConfig config)
    {
        config.Validate("aesthetic predictor");
        Config = config;
        dtype = p.DType;
        int[] widths = [config.EmbedDim, .. config.HiddenSizes, 1];
        layers = [.. Enumerable.Range(0, widths.Length - 1).Select(i => new Linear(Layer(p, i), widths[i], widths[i + 1]))];
    }

    /// <summary>What the model was made from.</summary>
    public AestheticPredictorConfig Config { get; }

    /// <param name="imageEmbeds">Embeddings of images [N, embedDim], of any length: they are normalized.</param>
    /// <returns>Scores [N].</returns>
    /// <exception cref="ShapeException">The embeddings have another width than the model's.</exception>
    protected override Tensor Forward(Tensor imageEmbeds)
    {
        int n = imageEmbeds.Shape[0];
        if (imageEmbeds.Shape != new[] { n, Config.EmbedDim })
            throw new ShapeException($"AestheticPredictor: embeddings have shape {imageEmbeds.Shape}; it needs [N, {Config.EmbedDim}]: "
                + "are they of another CLIP?");
        Tensor x = F.Cast(F.L2Normalize(imageEmbeds), dtype);
        foreach (Linear layer in layers)
            x = layer.Call(x);
        return F.Cast(x, dtype.Accumulator).Reshape([n]);
    }

    /// <summary>Dropout, which has no parameters, takes a place after each hidden layer but the last.</summary>
    ParameterBuilder Layer(ParameterBuilder p, int i)
    {
        int hidden = Config.HiddenSizes.Length;
        return hidden == 0 ? p : p["layers"][i < hidden ? 2 * i : 2 * hidden - 1];
    }
}
