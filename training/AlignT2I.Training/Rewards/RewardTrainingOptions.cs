using AlignT2I.Files;

namespace AlignT2I.Training.Rewards;

/// <summary>How the reward is trained. The defaults are those of Lee et al. 2023 for CLIP ViT-L/14.</summary>
public sealed record RewardTrainingOptions
{
    /// <summary>The miniature's, whose labels are few.</summary>
    public static RewardTrainingOptions Miniature { get; } = new()
    {
        HiddenSizes = [256, 256],
        ClipScoreInput = true,
        BatchSize = 64,
        MaxEpochs = 60,
        Patience = 10,
    };

    /// <summary>Decides the split, the initial weights, the perturbed prompts and the order.</summary>
    public ulong Seed { get; init; }

    /// <summary>Widths of the hidden layers.</summary>
    public IReadOnlyList<int> HiddenSizes { get; init; } = [1024, 1024];

    /// <summary>Whether the network also reads the CLIP score, which the paper's does not: see
    /// <c>RewardModelConfig.ClipScoreInput</c>.</summary>
    public bool ClipScoreInput { get; init; }

    /// <summary>AdamW step size.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>AdamW weight decay.</summary>
    public double WeightDecay { get; init; } = 1e-2;

    /// <summary>Labelled images per update.</summary>
    public int BatchSize { get; init; } = 512;

    /// <summary>Passes over the training labels at most.</summary>
    public int MaxEpochs { get; init; } = 20;

    /// <summary>Passes without a better validation loss after which training ends.</summary>
    public int Patience { get; init; } = 2;

    /// <summary>Share of the prompts whose labels are for validation only, 0 up to below 1; 0 trains all epochs.</summary>
    public double ValidationFraction { get; init; } = 0.15;

    /// <summary>lambda of eq. 3; 0 trains without prompt classification.</summary>
    public double PromptClassificationWeight { get; init; } = 0.5;

    /// <summary>T of eq. 2.</summary>
    public double Temperature { get; init; } = 2;

    /// <summary>N - 1 of eq. 2: perturbed prompts for each good image.</summary>
    public int PerturbedPrompts { get; init; } = 7;

    /// <summary>Share of the training labels that is used, above 0 up to 1 (Fig. 4b has 0.5).</summary>
    public double DataFraction { get; init; } = 1;

    /// <summary>What is learned of an image that several raters judged.</summary>
    public RewardLabels Labels { get; init; }

    /// <summary>Whether a pass shows as many good images as bad ones, those of the rarer kind several times.</summary>
    public bool BalanceClasses { get; init; }

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="UsageException">A value is out of range; the message says which and what fits.</exception>
    public void Validate()
    {
        Check(Enum.IsDefined(Labels), "kind of labels", Labels, "majority or mean");
        Check(HiddenSizes.All(s => s > 0), "hidden sizes", string.Join(", ", HiddenSizes), "positive widths");
        Check(LearningRate > 0, "learning rate", LearningRate, "a positive number");
        Check(WeightDecay >= 0, "weight decay", WeightDecay, "0 or more");
        Check(BatchSize > 0, "batch size", BatchSize, "1 or more");
        Check(MaxEpochs > 0, "epochs", MaxEpochs, "1 or more");
        Check(Patience > 0, "patience", Patience, "1 or more");
        Check(ValidationFraction is >= 0 and < 1, "validation fraction", ValidationFraction, "0 up to below 1");
        Check(PromptClassificationWeight >= 0, "prompt classification weight", PromptClassificationWeight, "0 or more");
        Check(Temperature > 0, "temperature", Temperature, "a positive number");
        Check(PerturbedPrompts > 0, "number of perturbed prompts", PerturbedPrompts, "1 or more");
        Check(DataFraction is > 0 and <= 1, "data fraction", DataFraction, "above 0 up to 1");
    }

    static void Check<T>(bool holds, string what, T found, string expected)
    {
        if (!holds || found is double.PositiveInfinity)
            throw new UsageException(FormattableString.Invariant($"train-reward: the {what} is {found}; expected {expected}."));
    }
}
