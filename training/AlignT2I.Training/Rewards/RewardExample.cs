namespace AlignT2I.Training.Rewards;

/// <summary>One labelled image, its prompt and the prompts that it is not, as rows of the embedding tables.</summary>
/// <param name="PromptId">Id of the prompt; rewards of good and bad images are compared within it.</param>
/// <param name="ImageRow">Row of the image's embedding.</param>
/// <param name="TextRow">Row of the prompt's embedding; the split into training and validation is by it.</param>
/// <param name="PerturbedRows">Rows of the perturbed prompts' embeddings, as many for every example.</param>
/// <param name="Label">1 good, 0 bad, between them where raters disagree.</param>
public sealed record RewardExample(string PromptId, int ImageRow, int TextRow, IReadOnlyList<int> PerturbedRows, float Label)
{
    /// <summary>Whether most raters call it good.</summary>
    public bool Good => Label > 0.5f;
}
