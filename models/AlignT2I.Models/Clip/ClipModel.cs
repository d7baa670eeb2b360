using AlignT2I.Engine;

namespace AlignT2I.Models.Clip;

/// <summary>CLIP: a text and an image tower whose embeddings of matching pairs point the same way.</summary>
/// <remarks>Radford et al. 2021, arXiv:2103.00020. Parameter names as in transformers' CLIPModel.</remarks>
public sealed class ClipModel : Module<Tensor, Tensor>
{
    readonly ClipTextModelWithProjection text;
    readonly ClipVisionModelWithProjection vision;
    readonly Tensor logitScale;

    /// <summary>Asks for the parameters.</summary>
    /// <param name="p">The checkpoint's root.</param>
    /// <param name="config">The sizes; its projection width stands for both towers'.</param>
    public ClipModel(ParameterBuilder p, ClipConfig config)
    {
        config.Validate("clip");
        Config = config;
        text = new ClipTextModelWithProjection(p, config.TextConfig with { ProjectionDim = config.ProjectionDim });
        vision = new ClipVisionModelWithProjection(p, config.VisionConfig with { ProjectionDim = config.ProjectionDim });
        logitScale = p.AccumulatorWeight("logit_scale", [], new Init(config.LogitScaleInitValue, 0, IsNormal: false));
    }

    /// <summary>What the model was made from.</summary>
    public ClipConfig Config { get; }

    /// <summary>The text tower, which Stable Diffusion shares.</summary>
    public ClipTextModel TextModel => text.TextModel;

    /// <summary>Embeddings of prompts.</summary>
    /// <param name="inputIds">Token ids [N, S] I32.</param>
    /// <returns>[N, projectionDim], of no particular length: <c>F.L2Normalize</c> makes cosines of products.</returns>
    public Tensor TextEmbeds(Tensor inputIds)
    {
        using MemoryScope scope = MemoryScope.Open();
        return scope.Keep(text.Call(inputIds)[2]);
    }

    /// <summary>Embeddings of images.</summary>
    /// <param name="pixelValues">Normalized images [N, imageSize, imageSize, channels].</param>
    /// <returns>[N, projectionDim], of no particular length: <c>F.L2Normalize</c> makes cosines of products.</returns>
    public Tensor ImageEmbeds(Tensor pixelValues)
    {
        using MemoryScope scope = MemoryScope.Open();
        return scope.Keep(vision.Call(pixelValues)[2]);
    }

    /// <summary>Scaled similarities of embeddings of one kind with those of the other: exp(logit_scale) times the cosine.</summary>
    /// <param name="queries">Embeddings of images [N, projectionDim], or of prompts.</param>
    /// <param name="candidates">Embeddings of the other kind [M, projectionDim].</param>
    /// <returns>Logits [N, M], per query.</returns>
    public Tensor Logits(Tensor queries, Tensor candidates)
    {
        using MemoryScope scope = MemoryScope.Open();
        int n = queries.Shape[0];
        // One scale for all: as many copies as queries, so that the gradient is their sum.
        Tensor scale = F.AddTrailing(Tensor.Zeros([n], queries.DType, queries.Backend), F.Exp(logitScale));
        Tensor cosines = F.MatMul(F.L2Normalize(queries), F.L2Normalize(candidates), transposeB: true);
        return scope.Keep(F.MulPerSample(cosines, scale));
    }

    /// <summary>Scaled similarities of every image with every prompt: exp(logit_scale) times the cosine.</summary>
    /// <param name="pixelValues">Normalized images [N, imageSize, imageSize, channels].</param>
    /// <param name="inputIds">Token ids of M prompts [M, S] I32.</param>
    /// <returns>Logits per image [N, M]; the transpose is per prompt.</returns>
    protected override Tensor Forward(Tensor pixelValues, Tensor inputIds) => Logits(ImageEmbeds(pixelValues), TextEmbeds(inputIds));
}
