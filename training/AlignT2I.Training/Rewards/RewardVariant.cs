namespace AlignT2I.Training.Rewards;

/// <summary>The rewards that an experiment compares (Lee et al. 2023, Fig. 4).</summary>
public enum RewardVariant
{
    /// <summary>With prompt classification, on all labels: the one that weights images.</summary>
    Reward,

    /// <summary>Without prompt classification, on all labels.</summary>
    WithoutPromptClassification,

    /// <summary>With prompt classification, on half the labels.</summary>
    HalfData,

    /// <summary>Without prompt classification, on half the labels.</summary>
    HalfDataWithoutPromptClassification,
}
