namespace AlignT2I.Training.Evaluation;

/// <summary>A captions file of COCO, as far as it is read.</summary>
/// <param name="Annotations">The captions, about five of each image.</param>
internal sealed record CocoCaptions(IReadOnlyList<CocoCaption> Annotations);
