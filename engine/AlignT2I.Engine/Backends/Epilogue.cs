namespace AlignT2I.Engine;

/// <summary>
/// What a linear layer or a convolution does to its sums before it writes them: y = activation(sum + bias + sample bias + residual).
/// </summary>
/// <param name="Bias">[C], added to every row of y [..., C]; null for none.</param>
/// <param name="SampleBias">[N, C], row n added to all rows of sample n of y [N, ..., C]; null for none.</param>
/// <param name="Residual">The shape of y; null for none.</param>
/// <param name="Activation">Applied to the sum of all.</param>
internal readonly record struct Epilogue(
    Tensor? Bias, Tensor? SampleBias = null, Tensor? Residual = null, Activation Activation = Activation.None);
