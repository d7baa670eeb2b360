namespace AlignT2I.Files;

/// <summary>The pixels of one pass over an image: every StepX-th from column X, every StepY-th from row Y.</summary>
internal readonly record struct PngPass(int X, int Y, int StepX, int StepY)
{
    static readonly PngPass[] adam7 =
        [new(0, 0, 8, 8), new(4, 0, 8, 8), new(0, 4, 4, 8), new(2, 0, 4, 4), new(0, 2, 2, 4), new(1, 0, 2, 2), new(0, 1, 1, 2)];

    static readonly PngPass[] single = [new(0, 0, 1, 1)];

    public static ReadOnlySpan<PngPass> Adam7 => adam7;

    public static ReadOnlySpan<PngPass> Single => single;

    /// <summary>Columns and rows of the pass; either may be 0.</summary>
    public (int Columns, int Rows) Size(int width, int height)
        => (Math.Max(0, (width - X + StepX - 1) / StepX), Math.Max(0, (height - Y + StepY - 1) / StepY));
}
