using AlignT2I.Feedback;

namespace AlignT2I.Training.Evaluation;

/// <summary>What people said between two models (Lee et al. 2023, Fig. 3).</summary>
/// <param name="First">The first model's set of images: <c>evaluation/original</c>.</param>
/// <param name="Second">The second model's.</param>
/// <param name="Raters">Raters of each prompt.</param>
/// <param name="Complete">Prompts that all of them have judged: what histograms and majorities are of.</param>
/// <param name="Votes">All votes.</param>
/// <param name="Alignment">Which set shows better what the prompt says.</param>
/// <param name="Fidelity">Which set looks better.</param>
public sealed record HumanComparison(
    string First, string Second, int Raters, int Complete, int Votes, QuestionFigures Alignment, QuestionFigures Fidelity);
