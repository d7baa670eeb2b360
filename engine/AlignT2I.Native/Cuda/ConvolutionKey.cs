namespace AlignT2I.Native;

/// <summary>Everything that changes the plan of a convolution: images x [N, H, W, C], weight w [O, KH, KW, C], y [N, OH, OW, O].</summary>
/// <param name="Pass">Which product.</param>
/// <param name="Type">Type of both operands.</param>
/// <param name="ResultType">Type of the result: that of the operands, or float32.</param>
/// <param name="Images">N.</param>
/// <param name="Height">H.</param>
/// <param name="Width">W.</param>
/// <param name="Channels">C.</param>
/// <param name="Filters">O.</param>
/// <param name="KernelHeight">KH.</param>
/// <param name="KernelWidth">KW.</param>
/// <param name="Stride">Pixels from one window to the next, both ways.</param>
/// <param name="Top">Rows of zeros above.</param>
/// <param name="Bottom">Rows of zeros below.</param>
/// <param name="Left">Columns of zeros to the left.</param>
/// <param name="Right">Columns of zeros to the right.</param>
public readonly record struct ConvolutionKey(
    ConvolutionPass Pass, NativeType Type, NativeType ResultType, int Images, int Height, int Width, int Channels, int Filters,
    int KernelHeight, int KernelWidth, int Stride, int Top, int Bottom, int Left, int Right)
{
    /// <summary>Whether a bias [O], of the result's type, is added; forward only.</summary>
    public bool Bias { get; init; }

    /// <summary>Float32 operands may be rounded to TensorFloat-32 for the tensor cores.</summary>
    public bool TensorFloat32 { get; init; }

    /// <summary>Whether engines that give other bits from run to run are allowed.</summary>
    public bool Nondeterministic { get; init; }

    /// <summary>OH.</summary>
    public int OutputHeight => (Height + Top + Bottom - KernelHeight) / Stride + 1;

    /// <summary>OW.</summary>
    public int OutputWidth => (Width + Left + Right - KernelWidth) / Stride + 1;
}
