namespace AlignT2I.Training.Miniature;

/// <summary>Everything there is to draw: objects of one kind and colour on a background.</summary>
/// <param name="Object">Which shape.</param>
/// <param name="Color">Colour of every object.</param>
/// <param name="Background">What is behind them.</param>
/// <param name="Placements">One to five objects that do not overlap.</param>
/// <param name="BackgroundSeed">Decides where the background's trunks, craters or waves are.</param>
public sealed record Scene(
    WorldObject Object, WorldColor Color, WorldBackground Background, IReadOnlyList<PlacedObject> Placements, ulong BackgroundSeed);
