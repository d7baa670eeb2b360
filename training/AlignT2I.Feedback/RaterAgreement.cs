namespace AlignT2I.Feedback;

/// <summary>How far the raters of a run's images agree on good and bad; skips do not count.</summary>
/// <param name="Images">Images with two labels or more: what the figures rest on.</param>
/// <param name="Percent">Share of agreeing pairs of raters, 0 to 1; null where there is no such image.</param>
/// <param name="FleissKappa">Fleiss' kappa over the images that have <paramref name="FleissLabels"/> labels; null where it is
/// undefined.</param>
/// <param name="FleissLabels">The commonest number of labels of an image, two or more; 0 where there is none.</param>
/// <param name="FleissImages">Images with so many labels.</param>
/// <param name="KrippendorffAlpha">Krippendorff's alpha over all <paramref name="Images"/>; null where it is undefined.</param>
public sealed record RaterAgreement(
    int Images, double? Percent, double? FleissKappa, int FleissLabels, int FleissImages, double? KrippendorffAlpha)
{
    /// <summary>Computes the figures.</summary>
    /// <param name="images">Images with what their raters said, as <see cref="LabelledImage.FromFeedback"/> counts.</param>
    public static RaterAgreement Of(IEnumerable<LabelledImage> images)
    {
        int[][] units = [.. images.Where(i => i.Good + i.Bad >= 2).Select(i => new[] { i.Good, i.Bad })];
        int[][] equal = [.. units.GroupBy(u => u.Sum()).MaxBy(g => (g.Count(), g.Key)) ?? Enumerable.Empty<int[]>()];
        return new RaterAgreement(
            units.Length, NominalAgreement.Percent(units), NominalAgreement.FleissKappa(equal), equal.Length == 0 ? 0 : equal[0].Sum(),
            equal.Length, NominalAgreement.KrippendorffAlpha(units));
    }
}
