namespace AlignT2I.Training.Finetuning;

/// <summary>The figures of one update.</summary>
/// <param name="Loss">The loss of eq. 4.</param>
/// <param name="Reward">Mean reward of the update's images of the model.</param>
/// <param name="Norm">L2 norm of the gradient before clipping; not finite where the update was skipped.</param>
/// <param name="LearningRate">AdamW step size.</param>
/// <param name="Images">Images of the update.</param>
/// <param name="ElapsedMs">Time that it took.</param>
/// <param name="Skipped">Updates skipped so far, this one included.</param>
/// <param name="LossScale">Loss scale of float16; null in other types.</param>
internal readonly record struct FinetuneUpdate(
    double Loss, double Reward, double Norm, double LearningRate, int Images, double ElapsedMs, long Skipped, double? LossScale)
{
    /// <summary>Whether the weights were changed.</summary>
    public bool IsDone => double.IsFinite(Norm);

    /// <summary>The figures by name, in the order in which they are shown; "ms" and "img/s" are units, shown after the number.</summary>
    public IEnumerable<(string Name, double Value)> Values =>
    [
        ("loss", Loss), ("reward", Reward), ("norm", Norm), ("lr", LearningRate),
        .. LossScale is { } scale ? [("scale", scale)] : (ReadOnlySpan<(string, double)>)[],
        .. Skipped > 0 || LossScale is not null ? [("skipped", Skipped)] : (ReadOnlySpan<(string, double)>)[],
        ("ms", Math.Round(ElapsedMs)), ("img/s", 1000 * Images / Math.Max(1, ElapsedMs)),
    ];
}
