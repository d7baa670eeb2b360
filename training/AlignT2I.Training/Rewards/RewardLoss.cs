using AlignT2I.Engine;
using AlignT2I.Models.Reward;

namespace AlignT2I.Training.Rewards;

/// <summary>The loss of the reward model (Lee et al. 2023, arXiv:2302.12192, eqs. 1 to 3).</summary>
public static class RewardLoss
{
    /// <summary>Computes L_reward = L_MSE + lambda * L_pc under the current tape.</summary>
    /// <param name="model">The reward model.</param>
    /// <param name="batch">Labelled images and, for the second term, good images with perturbed prompts.</param>
    /// <param name="promptClassificationWeight">lambda, 0 or more; 0 leaves the second term out.</param>
    /// <param name="temperature">T of eq. 2, positive.</param>
    /// <exception cref="ShapeException">The batch does not fit the model.</exception>
    public static RewardLossTerms Compute(RewardModel model, RewardBatch batch, double promptClassificationWeight, double temperature)
    {
        Tensor meanSquaredError = F.MseLoss(model.Call(batch.ImageEmbeds, batch.TextEmbeds), batch.Labels);
        if (promptClassificationWeight == 0 || batch.Classification is null)
            return new RewardLossTerms(meanSquaredError, null, meanSquaredError);
        Tensor promptClassification = PromptClassification(model, batch.Classification, temperature);
        return new RewardLossTerms(
            meanSquaredError, promptClassification, F.Add(meanSquaredError, F.Affine(promptClassification, promptClassificationWeight)));
    }

    /// <summary>Mean cross-entropy of P(i | x, {z_j}) = softmax_j(r(x, z_j) / T) at the original prompt (eq. 2).</summary>
    static Tensor PromptClassification(RewardModel model, PromptClassificationBatch batch, double temperature)
    {
        int images = batch.TextEmbeds.Shape[0], prompts = batch.TextEmbeds.Shape[1];
        int[] repeated = new int[images * prompts];
        for (int i = 0; i < repeated.Length; i++)
            repeated[i] = i / prompts;
        Tensor imageEmbeds = F.Embedding(Tensor.From(repeated, [repeated.Length], batch.ImageEmbeds.Backend), batch.ImageEmbeds);
        Tensor textEmbeds = batch.TextEmbeds.Reshape([repeated.Length, batch.TextEmbeds.Shape[2]]);
        Tensor rewards = model.Call(imageEmbeds, textEmbeds).Reshape([images, prompts]);
        return F.CrossEntropy(F.Affine(rewards, 1 / temperature), batch.Targets);
    }
}
