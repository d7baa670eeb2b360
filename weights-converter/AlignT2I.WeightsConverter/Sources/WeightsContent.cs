namespace AlignT2I.WeightsConverter.Sources;

/// <summary>What the reader of a format found in a file.</summary>
/// <param name="Format">The container, for people.</param>
/// <param name="Tensors">The weights, in the order of the file.</param>
/// <param name="TrainingState">Tensors beside the weights.</param>
/// <param name="Metadata">Text and scalars by name.</param>
internal sealed record WeightsContent(
    string Format,
    IReadOnlyList<WeightsTensor> Tensors,
    IReadOnlyList<WeightsTensor> TrainingState,
    IReadOnlyDictionary<string, string> Metadata);
