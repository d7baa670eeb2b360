namespace AlignT2I.Engine;

/// <summary>Size of a convolution's window, in pixels.</summary>
/// <param name="Height">Rows.</param>
/// <param name="Width">Columns.</param>
public readonly record struct Kernel2d(int Height, int Width)
{
    /// <summary>A square window.</summary>
    public static implicit operator Kernel2d(int side) => new(side, side);
}
