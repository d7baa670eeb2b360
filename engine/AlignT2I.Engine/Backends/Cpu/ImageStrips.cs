using System.Numerics;

namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>Cuts a batch of images into strips of result rows, each with the source rows it reads copied between their zeros.</summary>
/// <remarks>
/// A strip fits a core's cache, so the copy is read while it is there. In it the sources of a kernel row are contiguous, and those of
/// neighbouring result pixels a fixed distance apart: a convolution becomes a matrix product with no matrix of patches.
/// </remarks>
internal readonly unsafe struct ImageStrips<T> where T : unmanaged, INumberBase<T>
{
    /// <summary>Result pixels of a strip, unless one row has more.</summary>
    const int TargetPixels = 256;

    /// <summary>Source images [N, H, W, C].</summary>
    public required (int N, int H, int W, int C) Source { get; init; }

    /// <summary>Rows and columns of a result image.</summary>
    public required (int H, int W) Result { get; init; }

    public required (int H, int W) Kernel { get; init; }

    public required int Stride { get; init; }

    /// <summary>Zeros before the source; negative to leave out its first pixels.</summary>
    public required (int Top, int Left) Padding { get; init; }

    /// <summary>Number of strips.</summary>
    public int Count => Images > 1 ? (Source.N + Images - 1) / Images : Source.N * StripsPerImage;

    /// <summary>Elements that <see cref="Fill"/> writes at most, and a margin that a kernel's last vector may read.</summary>
    public long BufferSize => (long)Images * PaddedRows(RowsPerStrip) * RowSize + TileGeometry<T>.PanelWidth;

    /// <summary>Result pixels of a strip at most.</summary>
    public int MostPixels => Images * RowsPerStrip * Result.W;

    /// <summary>Elements of a row of the buffer.</summary>
    public nint RowSize => (nint)((Result.W - 1) * Stride + Kernel.W) * Source.C;

    int Images => Math.Max(1, TargetPixels / (Result.H * Result.W));

    int StripsPerImage => (Result.H + FullRows - 1) / FullRows;

    int FullRows => Math.Clamp(TargetPixels / Result.W, 1, Result.H);

    int RowsPerStrip => (Result.H + StripsPerImage - 1) / StripsPerImage;

    /// <summary>The strip's first pixel among all result pixels, its images and its result rows per image.</summary>
    public (long FirstPixel, int Images, int Rows) Extent(int strip)
    {
        if (Images > 1) return ((long)strip * Images * Result.H * Result.W, Math.Min(Images, Source.N - strip * Images), Result.H);
        int image = strip / StripsPerImage, row = strip % StripsPerImage * RowsPerStrip;
        return (((long)image * Result.H + row) * Result.W, 1, Math.Min(Result.H - row, RowsPerStrip));
    }

    /// <summary>Offset in the buffer of the first source of a result row, of each image and row of the strip in turn.</summary>
    public void ResultRows(int strip, nint* offsets)
    {
        (_, int images, int rows) = Extent(strip);
        for (int image = 0; image < images; image++)
        {
            for (int row = 0; row < rows; row++) *offsets++ = (nint)(image * PaddedRows(rows) + row * Stride) * RowSize;
        }
    }

    /// <summary>Copies the strip's sources into <paramref name="buffer"/>.</summary>
    public void Fill(int strip, T* source, T* buffer)
    {
        (long firstPixel, int images, int rows) = Extent(strip);
        long firstRow = firstPixel / Result.W;
        for (int i = 0; i < images; i++)
        {
            int image = (int)(firstRow / Result.H) + i, top = (int)(firstRow % Result.H) * Stride - Padding.Top;
            for (int row = 0; row < PaddedRows(rows); row++, buffer += RowSize)
            {
                int sourceRow = top + row;
                if (sourceRow < 0 || sourceRow >= Source.H) Clear(buffer, RowSize);
                else FillRow(source + ((nint)image * Source.H + sourceRow) * Source.W * Source.C, buffer);
            }
        }
    }

    void FillRow(T* source, T* buffer)
    {
        int channels = Source.C, width = (int)(RowSize / channels);
        int first = Math.Clamp(Padding.Left, 0, width), end = Math.Clamp(Source.W + Padding.Left, first, width);
        Clear(buffer, (nint)first * channels);
        Copy(source + (nint)(first - Padding.Left) * channels, buffer + (nint)first * channels, (nint)(end - first) * channels);
        Clear(buffer + (nint)end * channels, (nint)(width - end) * channels);
    }

    int PaddedRows(int rows) => (rows - 1) * Stride + Kernel.H;

    static void Clear(T* to, nint count) => new Span<T>(to, (int)count).Clear();

    static void Copy(T* from, T* to, nint count) => new ReadOnlySpan<T>(from, (int)count).CopyTo(new Span<T>(to, (int)count));
}
