namespace AlignT2I.Native;

/// <summary>Which of a convolution's three products is meant.</summary>
public enum ConvolutionPass
{
    /// <summary>y from x and w.</summary>
    Forward,

    /// <summary>dx from dy and w.</summary>
    BackwardData,

    /// <summary>dw from x and dy.</summary>
    BackwardWeight,
}
