namespace AlignT2I.Training.Evaluation;

/// <summary>A caption of COCO.</summary>
/// <param name="Id">Its number.</param>
/// <param name="ImageId">Number of the image.</param>
/// <param name="Caption">The text.</param>
internal sealed record CocoCaption(long Id, long ImageId, string Caption);
