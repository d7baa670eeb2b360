using AlignT2I.Files;
using AlignT2I.Training.Finetuning;
using AlignT2I.Training.Generation;
using AlignT2I.Training.Rating;
using AlignT2I.Training.Rewards;

namespace AlignT2I.Training.Demo;

/// <summary>The sizes of an experiment. The defaults are those of the demo, which takes under two minutes on two cores.</summary>
public sealed record ExperimentOptions
{
    /// <summary>Decides everything random; it stands for the seeds of all the parts.</summary>
    public ulong Seed { get; init; }

    /// <summary>Whether to add the other two mixes of fine-tuning and the rewards on half the labels.</summary>
    public bool Ablations { get; init; }

    /// <summary>Prompts that feedback is collected for.</summary>
    public int TrainingPrompts { get; init; } = 160;

    /// <summary>Images of each training prompt that are labelled (D_human).</summary>
    public int LabelledImagesPerPrompt { get; init; } = 7;

    /// <summary>Further images of each training prompt that are not (D_unlabel).</summary>
    public int UnlabelledImagesPerPrompt { get; init; } = 1;

    /// <summary>Rendered scenes for the pre-training loss (D_pre).</summary>
    public int PretrainingImages { get; init; } = 3000;

    /// <summary>Evaluation prompts about seen objects, and as many about unseen ones; a multiple of 4, at most 60.</summary>
    public int EvaluationPromptsPerSet { get; init; } = 24;

    /// <summary>Images of each evaluation prompt that models are compared on; of rejection sampling so many are kept.</summary>
    public int EvaluationImagesPerPrompt { get; init; } = 4;

    /// <summary>Images that rejection sampling chooses from.</summary>
    public int RejectionSamples { get; init; } = 16;

    /// <summary>Rendered images of each evaluation prompt that the Fréchet distance is measured to.</summary>
    public int ReferenceImagesPerPrompt { get; init; } = 8;

    /// <summary>Prompts in the sample grid.</summary>
    public int SamplePrompts { get; init; } = 8;

    /// <summary>How images are drawn.</summary>
    public ImageGenerationOptions Generation { get; init; } = ImageGenerationOptions.Miniature;

    /// <summary>The simulated rater; its seed and number of images are not looked at.</summary>
    public SimulatedRatingOptions Rating { get; init; } = new();

    /// <summary>How the reward is trained; its seed is not looked at.</summary>
    public RewardTrainingOptions Reward { get; init; } = RewardTrainingOptions.Miniature;

    /// <summary>How the UNet is fine-tuned; its seed and mix are not looked at.</summary>
    public FinetuneOptions Finetune { get; init; } = FinetuneOptions.Miniature;

    /// <summary>What goes with a model: for the miniature what the demo has, for all others how Lee et al. 2023 draw, learn the reward and
    /// fine-tune.</summary>
    /// <param name="folder">A diffusers folder, or a transformers folder of CLIP.</param>
    /// <inheritdoc cref="PromptReader.IsMiniature(string)"/>
    public static ExperimentOptions For(string folder) =>
        PromptReader.IsMiniature(folder) ? new() : new() { Generation = new(), Reward = new(), Finetune = new() };

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="UsageException">A value is out of range.</exception>
    public void Validate()
    {
        Check(TrainingPrompts > 0, "number of training prompts", TrainingPrompts, "1 or more");
        Check(LabelledImagesPerPrompt > 0, "number of labelled images per prompt", LabelledImagesPerPrompt, "1 or more");
        Check(UnlabelledImagesPerPrompt >= 0, "number of unlabelled images per prompt", UnlabelledImagesPerPrompt, "0 or more");
        Check(PretrainingImages > 0, "number of pre-training images", PretrainingImages, "1 or more");
        Check(EvaluationPromptsPerSet is >= 4 and <= 60 && EvaluationPromptsPerSet % 4 == 0,
            "number of evaluation prompts per set", EvaluationPromptsPerSet, "a multiple of 4 up to 60");
        Check(EvaluationImagesPerPrompt > 0, "number of evaluation images per prompt", EvaluationImagesPerPrompt, "1 or more");
        Check(RejectionSamples >= EvaluationImagesPerPrompt,
            "number of images that rejection sampling chooses from", RejectionSamples, $"{EvaluationImagesPerPrompt} or more");
        Check(ReferenceImagesPerPrompt > 0, "number of reference images per prompt", ReferenceImagesPerPrompt, "1 or more");
        Check(SamplePrompts > 0, "number of prompts in the sample grid", SamplePrompts, "1 or more");
        Generation.Validate();
        Rating.Validate();
        Reward.Validate();
        Finetune.Validate();
    }

    static void Check(bool holds, string what, int found, string expected)
    {
        if (!holds)
            throw new UsageException($"demo: the {what} is {found}; expected {expected}.");
    }
}
