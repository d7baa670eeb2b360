using AlignT2I.WeightsConverter.Streaming;

namespace AlignT2I.WeightsConverter.Loading;

/// <summary>One network of a model, with the names of diffusers and transformers, wherever it was read from.</summary>
/// <param name="Name">Its folder in a diffusers model, such as <c>unet</c>; empty for a model of one network.</param>
/// <param name="WeightsName">Name of its weights there.</param>
/// <param name="Tensors">The parameters.</param>
public sealed record ModelComponent(string Name, string WeightsName, IReadOnlyList<ModelTensor> Tensors);
