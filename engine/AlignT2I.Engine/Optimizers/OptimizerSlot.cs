namespace AlignT2I.Engine;

/// <summary>What a step updates of one parameter.</summary>
/// <param name="Value">The parameter; the float32 master in mixed precision.</param>
/// <param name="Gradient">Its gradient, only read.</param>
/// <param name="First">First state tensor, where the optimizer has one.</param>
/// <param name="Second">Second state tensor, where the optimizer has two.</param>
/// <param name="HalfCopy">Receives the new value rounded to its type, BF16 or F16; null without mixed precision.</param>
/// <param name="Average">The moving average that takes the new value in; null without one.</param>
internal readonly record struct OptimizerSlot(
    Tensor Value, Tensor Gradient, Tensor? First, Tensor? Second, Tensor? HalfCopy, Tensor? Average);
