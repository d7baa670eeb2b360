namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>Sizes of a convolution: images [N, H, W, C], weight [O, KH, KW, C], result [N, OH, OW, O].</summary>
internal readonly record struct ConvolutionShape(int N, int H, int W, int C, int O, int KH, int KW, int Stride, Padding2d Padding)
{
    /// <summary>Channels on either side, and squares of 2 x 2 pixels, from which on Winograd's transforms pay: measured.</summary>
    internal const int FewestWinogradChannels = 32;

    const int FewestWinogradSquares = 16;

    public int OH => (H + Padding.Top + Padding.Bottom - KH) / Stride + 1;

    public int OW => (W + Padding.Left + Padding.Right - KW) / Stride + 1;

    /// <summary>Weights of one output channel: the length of the forward sums.</summary>
    public int Depth => KH * KW * C;

    public long WeightCount => (long)O * Depth;

    /// <summary>Whether the images are already the matrix of a product with the weight.</summary>
    public bool IsProduct => KH == 1 && KW == 1 && Stride == 1 && Padding == default(Padding2d);

    /// <summary>Whether <see cref="Winograd"/> is the faster way. The sizes alone decide, so that results repeat.</summary>
    public bool SuitsWinograd =>
        KH == 3 && KW == 3 && Stride == 1 && Math.Min(C, O) >= FewestWinogradChannels
        && (long)N * ((OH + 1) / 2) * ((OW + 1) / 2) >= FewestWinogradSquares;

    public static ConvolutionShape Of(Tensor x, Tensor weight, int stride, Padding2d padding) => new(
        x.Shape[0], x.Shape[1], x.Shape[2], x.Shape[3], weight.Shape[0], weight.Shape[1], weight.Shape[2], stride, padding);
}
