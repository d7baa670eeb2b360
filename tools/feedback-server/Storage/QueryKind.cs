namespace AlignT2I.FeedbackServer.Storage;

/// <summary>What a rater is asked.</summary>
internal enum QueryKind
{
    /// <summary>Up to three images of one prompt: each good, bad or skip (Lee et al. 2023, section 3.1).</summary>
    Label,

    /// <summary>Two sets of images for one prompt: which is better (section 4.2).</summary>
    Compare,
}
