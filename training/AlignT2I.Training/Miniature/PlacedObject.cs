namespace AlignT2I.Training.Miniature;

/// <summary>One object of a scene.</summary>
/// <param name="X">Centre, in pixels from the left edge.</param>
/// <param name="Y">Centre, in pixels from the upper edge.</param>
/// <param name="Radius">Radius of the circle round the shape, in pixels.</param>
/// <param name="Rotation">Turn clockwise, in radians.</param>
public readonly record struct PlacedObject(float X, float Y, float Radius, float Rotation);
