namespace AlignT2I.Engine;

/// <summary>Zeros around an image, in pixels per side.</summary>
/// <param name="Top">Rows above.</param>
/// <param name="Bottom">Rows below.</param>
/// <param name="Left">Columns to the left.</param>
/// <param name="Right">Columns to the right.</param>
public readonly record struct Padding2d(int Top, int Bottom, int Left, int Right)
{
    /// <summary>The same padding on all sides.</summary>
    public static implicit operator Padding2d(int all) => new(all, all, all, all);
}
