namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>Some squares of 2 x 2 results one after the other, and their transforms.</summary>
/// <param name="s">The sizes.</param>
/// <param name="first">The first square.</param>
/// <param name="count">Number of squares.</param>
/// <param name="zero">Zeros, as many as channels are transformed: the pixels outside of an image.</param>
internal readonly unsafe struct WinogradSquares(WinogradShape s, int first, int count, float* zero)
{
    const int SourceSize = 4, ResultSize = 2;

    /// <summary>Image of a square, and row and column of its first result.</summary>
    public (int Image, int Row, int Column) Place(int index)
    {
        (int image, int place) = Math.DivRem(first + index, s.PerImage);
        return (image, place / s.Across * ResultSize, place % s.Across * ResultSize);
    }

    /// <summary>v [16, squares, channels] = B^T d B of the source [N, H, W, C] from <paramref name="channel"/> on.</summary>
    public void TransformSource(float* source, int channel, int channels, float* v, WinogradLayout layout)
    {
        float** pixels = stackalloc float*[SourceSize * SourceSize];
        for (int i = 0; i < count; i++, v += layout.RowSize)
        {
            (int image, int row, int column) = Place(i);
            Pixels(source + channel, (s.H, s.W, s.C), image, row - s.Top, column - s.Left, SourceSize, pixels);
            WinogradTransform.Source(pixels, channels, v, layout.Matrix);
        }
    }

    /// <summary>m [16, squares, channels] = A dy A^T of the result's gradient [N, OH, OW, O] from <paramref name="channel"/> on.</summary>
    public void TransformResultGradient(float* dy, int channel, int channels, float* m, WinogradLayout layout)
    {
        float** pixels = stackalloc float*[ResultSize * ResultSize];
        for (int i = 0; i < count; i++, m += layout.RowSize)
        {
            (int image, int row, int column) = Place(i);
            Pixels(dy + channel, (s.OH, s.OW, s.O), image, row, column, ResultSize, pixels);
            WinogradTransform.ResultGradient(pixels, channels, m, layout.Matrix);
        }
    }

    /// <summary>Where the <paramref name="side"/> x <paramref name="side"/> pixels from (top, left) on begin, row by row.</summary>
    void Pixels(float* images, (int H, int W, int C) size, int image, int top, int left, int side, float** pixels)
    {
        for (int h = top; h < top + side; h++)
        {
            float* line = images + ((nint)image * size.H + h) * size.W * size.C;
            bool outside = h < 0 || h >= size.H;
            for (int w = left; w < left + side; w++)
                *pixels++ = outside || w < 0 || w >= size.W ? zero : line + (nint)w * size.C;
        }
    }
}
