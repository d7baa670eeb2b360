using System.Text.Json.Serialization;
using AlignT2I.Files;

namespace AlignT2I.Feedback;

/// <summary>What a rater says about an image and its prompt; in files <c>good</c>, <c>bad</c>, <c>skip</c>.</summary>
/// <remarks>Lee et al. 2023, section 3.1: the label y is 1 for good, 0 for bad; skipped images are left out.</remarks>
[JsonConverter(typeof(CamelCaseEnumConverter<FeedbackLabel>))]
public enum FeedbackLabel
{
    /// <summary>The image does not show what the prompt says.</summary>
    Bad,
    /// <summary>The image shows what the prompt says.</summary>
    Good,
    /// <summary>The rater cannot tell or will not say.</summary>
    Skip,
}
