namespace AlignT2I.Feedback;

/// <summary>One rater's answer for one prompt of a comparison of two models: a line of a file of votes
/// (Lee et al. 2023, Fig. 3).</summary>
/// <param name="First">The first model's set of images, from the run folder on: <c>evaluation/original</c>.</param>
/// <param name="Second">The second model's.</param>
/// <param name="Raters">Raters that are to judge each prompt; nine in the paper.</param>
/// <param name="Prompt">The prompt.</param>
/// <param name="Rater">Who answered.</param>
/// <param name="Alignment">Which set shows better what the prompt says.</param>
/// <param name="Fidelity">Which set looks better.</param>
/// <param name="Time">When.</param>
public sealed record ComparisonVote(
    string First, string Second, int Raters, string Prompt, string Rater, Preference Alignment, Preference Fidelity, DateTimeOffset Time);
