using AlignT2I.Engine;

namespace AlignT2I.Models.Clip;

/// <summary>Transformer layer of both towers: attention and a perceptron, each behind a layer normalization and beside a
/// shortcut.</summary>
/// <remarks>Radford et al. 2021, arXiv:2103.00020. Parameter names as in transformers' CLIPEncoderLayer.</remarks>
internal sealed class ClipEncoderLayer : Module<Tensor>
{
    readonly LayerNorm layerNorm1, layerNorm2;
    readonly ClipAttention selfAttn;
    readonly Linear fc1, fc2;
    readonly Activation activation;

    public ClipEncoderLayer(ParameterBuilder p, int hiddenSize, int intermediateSize, int heads, bool causal, string hiddenAct, float eps)
    {
        activation = ClipTower.Activation(hiddenAct);
        selfAttn = new ClipAttention(p["self_attn"], hiddenSize, heads, causal);
        layerNorm1 = new LayerNorm(p["layer_norm1"], hiddenSize, eps);
        fc1 = new Linear(p["mlp"]["fc1"], hiddenSize, intermediateSize);
        fc2 = new Linear(p["mlp"]["fc2"], intermediateSize, hiddenSize);
        layerNorm2 = new LayerNorm(p["layer_norm2"], hiddenSize, eps);
    }

    /// <param name="x">Hidden states [N, S, D].</param>
    /// <returns>[N, S, D].</returns>
    protected override Tensor Forward(Tensor x)
    {
        x = selfAttn.Call(layerNorm1.Call(x), x);
        Tensor h = fc1.Call(layerNorm2.Call(x), activation: activation);
        return fc2.Call(h, residual: x);
    }
}
