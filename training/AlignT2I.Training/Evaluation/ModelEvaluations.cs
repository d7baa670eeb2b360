namespace AlignT2I.Training.Evaluation;

/// <summary>The models that an experiment compares.</summary>
/// <param name="Original">Before fine-tuning.</param>
/// <param name="Full">Fine-tuned on labelled and unlabelled images with the pre-training loss (eq. 4);
/// null where it is not trained yet.</param>
/// <param name="RejectionSampling">The original model's best 4 of 16 images by reward; null without a reward.</param>
/// <param name="HumanOnly">Fine-tuned on labelled images only; null without ablations.</param>
/// <param name="WithUnlabeled">Fine-tuned on labelled and unlabelled images; null without ablations.</param>
public sealed record ModelEvaluations(
    ModelEvaluation Original,
    ModelEvaluation? Full,
    ModelEvaluation? RejectionSampling,
    ModelEvaluation? HumanOnly = null,
    ModelEvaluation? WithUnlabeled = null);
