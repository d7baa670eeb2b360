namespace AlignT2I.FeedbackServer.Exchange;

/// <summary>Files that labels come in and go out as.</summary>
internal enum FeedbackFormat
{
    /// <summary>feedback.jsonl of a run folder.</summary>
    Jsonl,

    /// <summary>Comma-separated values with a header: image, prompt, rater, label, time.</summary>
    Csv,

    /// <summary>Tasks and annotations of Label Studio.</summary>
    LabelStudio,
}
