namespace AlignT2I.Training.Rewards;

/// <summary>The mean of the loss's terms over batches.</summary>
internal sealed class RewardLossMean
{
    double meanSquaredError, promptClassification, labels, good;

    /// <summary>First term, 0 where nothing was added.</summary>
    public double MeanSquaredError => labels == 0 ? 0 : meanSquaredError / labels;

    /// <summary>Second term, not weighted; 0 where it was left out.</summary>
    public double PromptClassification => good == 0 ? 0 : promptClassification / good;

    /// <summary>L_reward.</summary>
    public double Loss(double promptClassificationWeight) => MeanSquaredError + promptClassificationWeight * PromptClassification;

    /// <summary>Adds a batch.</summary>
    /// <param name="terms">Its loss.</param>
    /// <param name="labelWeight">Weight of the first term: its labels, or 1.</param>
    /// <param name="goodWeight">Weight of the second term: its good images, or 1.</param>
    public void Add(RewardLossTerms terms, double labelWeight, double goodWeight)
    {
        meanSquaredError += labelWeight * terms.MeanSquaredError.Item();
        labels += labelWeight;
        if (terms.PromptClassification is not { } second)
            return;
        promptClassification += goodWeight * second.Item();
        good += goodWeight;
    }
}
