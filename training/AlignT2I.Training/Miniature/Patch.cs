namespace AlignT2I.Training.Miniature;

/// <summary>A connected saturated patch of a picture: what the rater takes for an object.</summary>
/// <param name="Left">First column of <paramref name="Coverage"/>, in pixels.</param>
/// <param name="Top">First row of it.</param>
/// <param name="Width">Its width.</param>
/// <param name="Height">Its height.</param>
/// <param name="Coverage">How far each pixel belongs to the patch, 0 to 1, [Height, Width], zero along its border.</param>
/// <param name="Hue">Mean hue, in degrees.</param>
internal sealed record Patch(int Left, int Top, int Width, int Height, float[] Coverage, float Hue);
