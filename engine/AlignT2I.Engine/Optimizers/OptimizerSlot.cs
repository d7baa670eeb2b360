namespace AlignT2I.Engine;

/// <summary>What a step updates of one parameter.</summary>
/// <param name="Value">The parameter.</param>
/// <param name="Gradient">Its gradient, only read.</param>
/// <param name="First">First state tensor, where the optimizer has one.</param>
/// <param name="Second">Second state tensor, where the optimizer has two.</param>
internal readonly record struct OptimizerSlot(Tensor Value, Tensor Gradient, Tensor? First, Tensor? Second);
