using AlignT2I.WeightsConverter.Streaming;

namespace AlignT2I.WeightsConverter.Lora;

/// <summary>The change of one module's weight: alpha / rank · up · down.</summary>
/// <remarks>Hu et al. 2021, arXiv:2106.09685. A convolution's down has the kernel, its up is 1x1.</remarks>
/// <param name="Component">The network: <c>unet</c> or <c>text_encoder</c>.</param>
/// <param name="Path">The module's path in diffusers or transformers.</param>
/// <param name="Down">[rank, in] or [rank, in, kH, kW].</param>
/// <param name="Up">[out, rank] or [out, rank, 1, 1].</param>
/// <param name="Alpha">The scale times the rank; the rank itself where the file has none.</param>
internal sealed record LoraModule(string Component, string Path, ModelTensor Down, ModelTensor Up, double Alpha)
{
    /// <summary>Number of directions that the change has.</summary>
    public long Rank => Down.Shape[0];

    /// <summary>What up · down is multiplied by.</summary>
    public double Scale => Alpha / Rank;
}
