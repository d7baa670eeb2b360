using AlignT2I.Engine;

namespace AlignT2I.Models.Clip;

/// <summary>CLIP's text tower and the projection of its summary into the space shared with images.</summary>
/// <remarks>Parameter names as in transformers' CLIPTextModelWithProjection.</remarks>
public sealed class ClipTextModelWithProjection : MultiModule<Tensor>
{
    readonly Linear textProjection;
    readonly DType dtype;

    /// <summary>Asks for the parameters.</summary>
    /// <param name="p">The checkpoint's root, above <c>text_model</c> and <c>text_projection</c>.</param>
    /// <param name="config">The sizes.</param>
    public ClipTextModelWithProjection(ParameterBuilder p, ClipTextConfig config)
    {
        TextModel = new ClipTextModel(p, config);
        textProjection = new Linear(p["text_projection"], config.HiddenSize, config.ProjectionDim, bias: false);
        dtype = p.DType;
    }

    /// <summary>The tower alone.</summary>
    public ClipTextModel TextModel { get; }

    /// <param name="inputIds">Token ids [N, S] I32.</param>
    /// <returns>Last hidden state [N, S, D], its summary [N, D] and the embedding [N, projectionDim], which has no unit length
    /// yet.</returns>
    protected override Tensor[] Forward(Tensor inputIds)
    {
        Tensor lastHiddenState = TextModel.Call(inputIds);
        Tensor pooled = TextModel.Pool(lastHiddenState, inputIds);
        return [lastHiddenState, pooled, F.Cast(textProjection.Call(F.Cast(pooled, dtype)), dtype.Accumulator)];
    }
}
