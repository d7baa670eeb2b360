namespace AlignT2I.Native;

/// <summary>Device pointers of one convolution, each aligned to at least 16 bytes.</summary>
/// <param name="First">x; dy where the pass is <see cref="ConvolutionPass.BackwardData"/>.</param>
/// <param name="Second">w; dy where the pass is <see cref="ConvolutionPass.BackwardWeight"/>.</param>
/// <param name="Result">y, dx or dw; written.</param>
/// <param name="Bias">Bias [O], where the plan has one.</param>
public readonly record struct ConvolutionOperands(nint First, nint Second, nint Result, nint Bias = 0);
