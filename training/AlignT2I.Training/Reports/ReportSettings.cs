using System.Globalization;
using AlignT2I.Training.Demo;

namespace AlignT2I.Training.Reports;

/// <summary>The settings of an experiment as the report lists them.</summary>
public static class ReportSettings
{
    /// <summary>Stage, name and value of each.</summary>
    public static IReadOnlyList<(string Stage, string Name, string Value)> Of(ExperimentOptions options)
    {
        const string Collect = "Stage 1: collect feedback", Learn = "Stage 2: learn a reward", Update = "Stage 3: update the model";
        return
        [
            (Collect, "prompts", Text(options.TrainingPrompts)),
            (Collect, "labelled images of each prompt", Text(options.LabelledImagesPerPrompt)),
            (Collect, "unlabelled images of each prompt", Text(options.UnlabelledImagesPerPrompt)),
            (Collect, "error rate of the simulated rater", Text(options.Rating.ErrorRate)),
            (Collect, "skip rate of the simulated rater", Text(options.Rating.SkipRate)),
            (Learn, "hidden layers", string.Join(" × ", options.Reward.HiddenSizes)),
            (Learn, "weight of prompt classification λ", Text(options.Reward.PromptClassificationWeight)),
            (Learn, "temperature T", Text(options.Reward.Temperature)),
            (Learn, "perturbed prompts for each good image", Text(options.Reward.PerturbedPrompts)),
            (Learn, "learning rate", Text(options.Reward.LearningRate)),
            (Update, "updates", Text(options.Finetune.Steps)),
            (Update, "images of the model in an update", Text(options.Finetune.BatchSize)),
            (Update, "pre-training images in an update", Text(options.Finetune.PretrainingBatchSize)),
            (Update, "weight of the pre-training loss β", Text(options.Finetune.PretrainingWeight)),
            (Update, "learning rate", Text(options.Finetune.LearningRate)),
            (Update, "trained modules", options.Finetune.TrainableModules is { Count: > 0 } modules ? string.Join(", ", modules) : "all"),
            (Update, "smallest timestep", Text(options.Finetune.MinTimestep)),
            .. OfEvaluation(options),
        ];
    }

    /// <summary>Those of the evaluation only.</summary>
    public static IReadOnlyList<(string Stage, string Name, string Value)> OfEvaluation(ExperimentOptions options)
    {
        const string Evaluate = "Evaluation";
        return
        [
            (Evaluate, "images of each prompt", Text(options.EvaluationImagesPerPrompt)),
            (Evaluate, "images that rejection sampling chooses from", Text(options.RejectionSamples)),
            (Evaluate, "rendered images of each prompt, for the Fréchet distance", Text(options.ReferenceImagesPerPrompt)),
            (Evaluate, "denoising steps", Text(options.Generation.Steps)),
            (Evaluate, "guidance scale", Text(options.Generation.GuidanceScale)),
        ];
    }

    static string Text(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);
}
