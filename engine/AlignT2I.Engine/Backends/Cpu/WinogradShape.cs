namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>Sizes of a 3 x 3 convolution of stride 1 by squares of 2 x 2 results: source [N, H, W, C], result [N, OH, OW, O].</summary>
/// <param name="N">Images.</param>
/// <param name="H">Rows of the source.</param>
/// <param name="W">Columns of the source.</param>
/// <param name="C">Channels of the source: the length of the sums.</param>
/// <param name="OH">Rows of the result.</param>
/// <param name="OW">Columns of the result.</param>
/// <param name="O">Channels of the result.</param>
/// <param name="Top">Zeros above the source; negative to leave rows out.</param>
/// <param name="Left">Zeros left of the source; negative to leave columns out.</param>
/// <param name="Turned">The weights are [C, 3, 3, O] and turned by 180 degrees, as in the gradient of the data.</param>
internal readonly record struct WinogradShape(int N, int H, int W, int C, int OH, int OW, int O, int Top, int Left, bool Turned)
{
    /// <summary>Bytes of the transformed source that a block of squares aims at: about what a core's second-level cache holds.</summary>
    const int BlockBytes = 1536 * 1024;

    const int FewestSquares = 32, MostSquares = 64;

    /// <summary>Squares of an image along a row.</summary>
    public int Across => (OW + 1) / 2;

    /// <summary>Squares of an image.</summary>
    public int PerImage => (OH + 1) / 2 * Across;

    /// <summary>Squares of all images.</summary>
    public int Squares => N * PerImage;

    /// <summary>Squares of a block, whole tiles of the micro-kernel.</summary>
    public int BlockSquares
    {
        get
        {
            int most = Math.Clamp(BlockBytes / (Winograd.Products * sizeof(float) * C), FewestSquares, MostSquares);
            int blocks = Math.Max(1, (Squares + most - 1) / most);
            return BlockProduct<float>.PaddedRows((Squares + blocks - 1) / blocks);
        }
    }

    /// <summary>The weights, transformed.</summary>
    public PackedLayout Layout => new(Turned ? PackedForm.WinogradTurned : PackedForm.Winograd, C, O);

    /// <summary>The forward pass of a convolution.</summary>
    public static WinogradShape Forward(ConvolutionShape s) =>
        new(s.N, s.H, s.W, s.C, s.OH, s.OW, s.O, s.Padding.Top, s.Padding.Left, Turned: false);

    /// <summary>The gradient of its data: the result's gradient convolved with the weights turned.</summary>
    public static WinogradShape BackwardData(ConvolutionShape s) =>
        new(s.N, s.OH, s.OW, s.O, s.H, s.W, s.C, 2 - s.Padding.Top, 2 - s.Padding.Left, Turned: true);
}
