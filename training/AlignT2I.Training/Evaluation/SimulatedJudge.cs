using AlignT2I.Feedback;
using AlignT2I.Files;
using AlignT2I.Training.Miniature;
using AlignT2I.Training.Prompts;
using AlignT2I.Training.Rating;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.Evaluation;

/// <summary>The simulated rater without errors; for images of the miniature world alone.</summary>
internal sealed class SimulatedJudge : IImageJudge
{
    /// <inheritdoc/>
    public string Name => "simulated rater";

    /// <summary>Whether a prompt is of the miniature world.</summary>
    public static bool CanJudge(Prompt prompt)
    {
        try
        {
            _ = ScenePrompt.Of(prompt);
            return true;
        }
        catch (UsageException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public bool? IsGood(RunFolder folder, ImageRecord image, Prompt prompt) =>
        SimulatedRater.Inspect(SimulatedRating.ReadPixels(folder, image), ScenePrompt.Of(prompt)).AllMatch;
}
