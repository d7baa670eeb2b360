using AlignT2I.Feedback;

namespace AlignT2I.FeedbackServer.Figures;

/// <summary>What most raters of each image say.</summary>
/// <param name="Good">Images that most raters call good; likewise bad.</param>
/// <param name="Tied">Images that as many call good as bad.</param>
internal sealed record MajorityFigures(int Good, int Bad, int Tied)
{
    public static MajorityFigures Of(IReadOnlyList<LabelledImage> images) => new(
        images.Count(i => i.Majority == FeedbackLabel.Good), images.Count(i => i.Majority == FeedbackLabel.Bad),
        images.Count(i => i.Majority is null));
}
