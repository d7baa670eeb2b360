namespace AlignT2I.Feedback;

/// <summary>An image with what all its raters said.</summary>
/// <param name="Image">The image file, relative to the run folder.</param>
/// <param name="Prompt">The prompt it was made from.</param>
/// <param name="Good">How many raters called it good.</param>
/// <param name="Bad">How many raters called it bad.</param>
public sealed record LabelledImage(string Image, string Prompt, int Good, int Bad)
{
    /// <summary>Share of the raters that called it good, 0 to 1; skips do not count.</summary>
    public double GoodShare => (double)Good / (Good + Bad);

    /// <summary>What most raters said; null where as many said good as bad.</summary>
    public FeedbackLabel? Majority => Good > Bad ? FeedbackLabel.Good : Good < Bad ? FeedbackLabel.Bad : null;

    /// <summary>Counts the labels of each image; an image that everyone skipped is left out.</summary>
    /// <param name="records">The labels that count: one per rater and image, as <see cref="FeedbackFile.Read"/> gives them.</param>
    /// <returns>In the order in which the images were first judged.</returns>
    public static IReadOnlyList<LabelledImage> FromFeedback(IEnumerable<FeedbackRecord> records)
    {
        var images = new OrderedDictionary<string, LabelledImage>(StringComparer.Ordinal);
        foreach (FeedbackRecord record in records)
        {
            if (!images.TryGetValue(record.Image, out LabelledImage? image))
                image = new LabelledImage(record.Image, record.Prompt, Good: 0, Bad: 0);
            images[record.Image] = record.Label switch
            {
                FeedbackLabel.Good => image with { Good = image.Good + 1 },
                FeedbackLabel.Bad => image with { Bad = image.Bad + 1 },
                _ => image,
            };
        }
        return [.. images.Values.Where(i => i.Good + i.Bad > 0)];
    }
}
