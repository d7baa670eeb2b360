namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>Some squares of 2 x 2 results one after the other, and their transforms.</summary>
/// <param name="s">The sizes.</param>
/// <param name="first">The first square.</param>
/// <param name="count">Number of squares.</param>
/// <param name="zero">Zeros, as many as channels are transformed: the pixels outside of an image.</param>
internal readonly unsafe struct WinogradSquares(WinogradShape s, int first, int count, float* zero)
{
    /// <summary>The squares from <paramref name="index"/> on that lie side by side in a row of an image.</summary>
    public Neighbours From(int index)
    {
        (int image, int place) = Math.DivRem(first + index, s.PerImage);
        (int row, int column) = Math.DivRem(place, s.Across);
        return new Neighbours(Math.Min(count - index, s.Across - column), image, 2 * row, 2 * column);
    }

    /// <summary>v [16, squares, channels] = B^T d B of the source [N, H, W, C] from <paramref name="channel"/> on.</summary>
    public void TransformSource(float* source, int channel, int channels, float* v, WinogradLayout layout)
    {
        const int size = 4;
        float** pixels = stackalloc float*[size * (2 * count + 2)];
        for (int i = 0; i < count;)
        {
            Neighbours squares = From(i);
            (int top, int left) = (squares.Row - s.Top, squares.Column - s.Left);
            Pixels(source + channel, (s.H, s.W, s.C), squares.Image, top, left, size, 2 * squares.Count + 2, pixels);
            for (int k = 0; k < squares.Count; k++, i++, v += layout.RowSize)
                WinogradTransform.Source(pixels + 2 * k * size, channels, v, layout.Matrix);
        }
    }

    /// <summary>m [16, squares, channels] = A dy A^T of the result's gradient [N, OH, OW, O] from <paramref name="channel"/> on.</summary>
    public void TransformResultGradient(float* dy, int channel, int channels, float* m, WinogradLayout layout)
    {
        const int size = 2;
        float** pixels = stackalloc float*[size * 2 * count];
        for (int i = 0; i < count;)
        {
            Neighbours squares = From(i);
            Pixels(dy + channel, (s.OH, s.OW, s.O), squares.Image, squares.Row, squares.Column, size, 2 * squares.Count, pixels);
            for (int k = 0; k < squares.Count; k++, i++, m += layout.RowSize)
                WinogradTransform.ResultGradient(pixels + 2 * k * size, channels, m, layout.Matrix);
        }
    }

    /// <summary>Where the pixels of some rows and columns from (top, left) on begin, column by column.</summary>
    void Pixels(float* images, (int H, int W, int C) size, int image, int top, int left, int rows, int columns, float** pixels)
    {
        for (int h = top; h < top + rows; h++, pixels++)
        {
            float* line = images + ((nint)image * size.H + h) * size.W * size.C;
            bool outside = h < 0 || h >= size.H;
            for (int w = 0; w < columns; w++)
                pixels[w * rows] = outside || left + w < 0 || left + w >= size.W ? zero : line + (nint)(left + w) * size.C;
        }
    }

    /// <summary>Squares side by side.</summary>
    /// <param name="Count">How many.</param>
    /// <param name="Image">Their image.</param>
    /// <param name="Row">Row of their first results.</param>
    /// <param name="Column">Column of the first one's first result.</param>
    public readonly record struct Neighbours(int Count, int Image, int Row, int Column);
}
