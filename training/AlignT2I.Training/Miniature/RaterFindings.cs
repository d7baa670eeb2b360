namespace AlignT2I.Training.Miniature;

/// <summary>What the simulated rater found in a picture, and whether it is what the prompt asks for.</summary>
/// <param name="ObjectCount">Number of objects found.</param>
/// <param name="Shapes">Shape of each object; null where it looks like none of the ten.</param>
/// <param name="Colors">Colour of each object.</param>
/// <param name="Background">The background; null where it looks like none of the six.</param>
/// <param name="ObjectMatches">There is an object and each has the shape asked for.</param>
/// <param name="CountMatches">As many objects as asked for; null where the prompt does not say.</param>
/// <param name="ColorMatches">There is an object and each has the colour asked for; null where the prompt does not say.</param>
/// <param name="BackgroundMatches">The background asked for; null where the prompt does not say.</param>
public sealed record RaterFindings(
    int ObjectCount,
    IReadOnlyList<WorldObject?> Shapes,
    IReadOnlyList<WorldColor> Colors,
    WorldBackground? Background,
    bool ObjectMatches,
    bool? CountMatches,
    bool? ColorMatches,
    bool? BackgroundMatches)
{
    /// <summary>Whether everything that the prompt states is there.</summary>
    public bool AllMatch => ObjectMatches && CountMatches != false && ColorMatches != false && BackgroundMatches != false;
}
