using AlignT2I.Feedback;
using AlignT2I.FeedbackServer.Storage;

namespace AlignT2I.FeedbackServer.Figures;

/// <summary>All that the administrator's page shows.</summary>
/// <param name="StudyShare">Judgements that are there, as a share of those wanted.</param>
/// <param name="RatersPerImage">How many raters judge each image.</param>
/// <param name="Labels">Labels that count.</param>
/// <param name="ImagesJudged">Images with such a label.</param>
/// <param name="Images">Images of the study.</param>
/// <param name="Majority">What the majority says: images good, bad, and undecided.</param>
/// <param name="Categories">Table 1, live.</param>
/// <param name="Sets">Folders of images that can be compared, from the run folder on; the run's own is empty.</param>
internal sealed record Overview(
    bool IsPaused, double StudyShare, int RatersPerImage, int Labels, int ImagesJudged, int Images, MajorityFigures Majority,
    RaterAgreement Agreement, IReadOnlyList<RaterFigures> Raters, IReadOnlyList<CategoryFigures> Categories,
    IReadOnlyList<ComparisonFigures> Comparisons, IReadOnlyList<string> Sets, int GoldQuestions)
{
    public static Overview Of(Snapshot snapshot, bool isPaused, double studyShare, int ratersPerImage, IReadOnlyList<string> sets)
    {
        LabelRow[] counting = [.. snapshot.Counting()];
        IReadOnlyList<LabelledImage> images = LabelledImage.FromFeedback(counting.Select(l =>
            new FeedbackRecord(snapshot.Images[l.ImageId].File, snapshot.Images[l.ImageId].Prompt, "", l.Label, l.Time)));
        return new Overview(
            isPaused, studyShare, ratersPerImage, counting.Length, counting.Select(l => l.ImageId).Distinct().Count(),
            snapshot.Images.Count,
            MajorityFigures.Of(images), RaterAgreement.Of(images), RaterFigures.Of(snapshot), CategoryFigures.Of(snapshot),
            ComparisonFigures.Of(snapshot), sets, snapshot.Images.Values.Count(i => i.Gold is not null));
    }
}
