using System.Text.Json.Serialization;

namespace AlignT2I.Feedback;

/// <summary>One label: a line of <c>feedback.jsonl</c>.</summary>
/// <param name="Image">The image file, relative to the run folder, with forward slashes: <c>images/000123.png</c>.</param>
/// <param name="Prompt">The prompt the image was made from.</param>
/// <param name="Rater">Who judged: a name or number, the same in every line of this person; simulated raters say so in their name.</param>
/// <param name="Label">The judgement.</param>
/// <param name="Time">When it was given.</param>
public sealed record FeedbackRecord(string Image, string Prompt, string Rater, FeedbackLabel Label, DateTimeOffset Time)
{
    /// <summary>What is wrong with the fields, or null; not part of the line.</summary>
    [JsonIgnore]
    public string? Problem
    {
        get
        {
            if (string.IsNullOrWhiteSpace(Prompt))
                return "the prompt is empty";
            if (string.IsNullOrWhiteSpace(Rater))
                return "the rater is empty; every label needs the name or number of who gave it";
            bool inside = !string.IsNullOrWhiteSpace(Image) && !Path.IsPathRooted(Image) && !Image.Contains('\\') && !Image.Contains(':')
                && !Image.Split('/').Any(part => part is "" or "." or "..");
            return inside ? null : $"the image '{Image}' is not a path below the run folder such as images/000123.png";
        }
    }
}
