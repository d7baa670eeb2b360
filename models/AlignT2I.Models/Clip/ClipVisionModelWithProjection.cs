using AlignT2I.Engine;

namespace AlignT2I.Models.Clip;

/// <summary>CLIP's image tower and the projection of its summary into the space shared with prompts.</summary>
/// <remarks>Parameter names as in transformers' CLIPVisionModelWithProjection.</remarks>
public sealed class ClipVisionModelWithProjection : MultiModule<Tensor>
{
    readonly Linear visualProjection;
    readonly DType dtype;

    /// <summary>Asks for the parameters.</summary>
    /// <param name="p">The checkpoint's root, above <c>vision_model</c> and <c>visual_projection</c>.</param>
    /// <param name="config">The sizes.</param>
    public ClipVisionModelWithProjection(ParameterBuilder p, ClipVisionConfig config)
    {
        VisionModel = new ClipVisionModel(p, config);
        visualProjection = new Linear(p["visual_projection"], config.HiddenSize, config.ProjectionDim, bias: false);
        dtype = p.DType;
    }

    /// <summary>The tower alone.</summary>
    public ClipVisionModel VisionModel { get; }

    /// <param name="pixelValues">Normalized images [N, imageSize, imageSize, channels].</param>
    /// <returns>Last hidden state [N, 1 + patches, D], the class token [N, D] and the embedding [N, projectionDim], which has no unit
    /// length yet.</returns>
    protected override Tensor[] Forward(Tensor pixelValues)
    {
        Tensor[] tower = VisionModel.Call(pixelValues);
        return [.. tower, F.Cast(visualProjection.Call(F.Cast(tower[1], dtype)), dtype.Accumulator)];
    }
}
