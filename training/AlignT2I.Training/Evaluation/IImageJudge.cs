using AlignT2I.Feedback;
using AlignT2I.Training.Prompts;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.Evaluation;

/// <summary>Says whether images show their prompts.</summary>
internal interface IImageJudge
{
    /// <summary>Who judges, as the report names it.</summary>
    string Name { get; }

    /// <summary>Whether an image shows its prompt; null where the judge has not seen it or cannot tell.</summary>
    /// <param name="folder">The folder that the image lies in.</param>
    /// <param name="image">The image.</param>
    /// <param name="prompt">What it should show.</param>
    bool? IsGood(RunFolder folder, ImageRecord image, Prompt prompt);
}
