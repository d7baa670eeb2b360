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
        Tensor rewards = model.Call(batch.ImageEmbeds, batch.TextEmbeds);
        int pairs = rewards.Shape[0], labelled = batch.Labels.Shape[0];
        Tensor column = rewards.Reshape([pairs, 1]);
        Tensor meanSquaredError = F.MseLoss(F.Split(rewards, labelled, pairs - labelled)[0], batch.Labels);
        if (promptClassificationWeight == 0 || batch.Choices is not { } choices)
            return new RewardLossTerms(meanSquaredError, null, meanSquaredError);
        Tensor promptClassification = PromptClassification(column, choices, temperature);
        return new RewardLossTerms(
            meanSquaredError, promptClassification, F.Add(meanSquaredError, F.Affine(promptClassification, promptClassificationWeight)));
    }

    /// <summary>Mean cross-entropy of P(i | x, {z_j}) = softmax_j(r(x, z_j) / T) at the original prompt (eq. 2).</summary>
    static Tensor PromptClassification(Tensor rewards, Tensor choices, double temperature)
    {
        int images = choices.Shape[0], prompts = choices.Shape[1];
        Tensor chosen = F.Embedding(choices.Reshape([images * prompts]), rewards).Reshape([images, prompts]);
        return F.CrossEntropy(F.Affine(chosen, 1 / temperature), Tensor.Zeros([images], DType.I32, rewards.Backend));
    }
}
