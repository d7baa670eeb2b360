using AlignT2I.Files;
using AlignT2I.Models.Pipelines;
using AlignT2I.Training.Events;

namespace AlignT2I.Training.Finetuning;

/// <summary>Draws pictures of the same prompts with the same seeds while the UNet learns, so that one sees it change.</summary>
/// <param name="model">The model, with the UNet in training.</param>
/// <param name="options">Prompts, seed, steps and guidance.</param>
public sealed class ValidationSampler(StableDiffusionModel model, FinetuneOptions options)
{
    readonly StableDiffusionPipeline pipeline = new(model);

    /// <summary>Draws a picture of each prompt with the UNet as it is now.</summary>
    /// <param name="step">Updates done.</param>
    /// <param name="events">Where the pictures go.</param>
    /// <param name="cancellationToken">Looked at before every evaluation of the UNet.</param>
    public void Draw(int step, EventFileWriter events, CancellationToken cancellationToken)
    {
        var sampling = new GenerationOptions
        {
            NumInferenceSteps = options.ValidationInferenceSteps,
            GuidanceScale = options.ValidationGuidanceScale,
        };
        for (int i = 0; i < options.ValidationPrompts.Count; i++)
        {
            string prompt = options.ValidationPrompts[i];
            Image image = pipeline.Generate([prompt], [options.Seed + (ulong)i], sampling, cancellation: cancellationToken)[0];
            events.Picture($"validation/{prompt}", step, image);
        }
    }
}
