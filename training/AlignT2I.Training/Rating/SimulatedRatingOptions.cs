using AlignT2I.Files;

namespace AlignT2I.Training.Rating;

/// <summary>How the simulated rater labels a run folder.</summary>
public sealed record SimulatedRatingOptions
{
    /// <summary>Share of the judgements that are turned round, 0 to 1: people make mistakes too.</summary>
    public double ErrorRate { get; init; } = 0.03;

    /// <summary>Share of the images that are skipped, 0 to 1.</summary>
    public double SkipRate { get; init; } = 0.02;

    /// <summary>Decides which.</summary>
    public ulong Seed { get; init; }

    /// <summary>Images of each prompt that are labelled; the others stay unlabelled (D_unlabel of eq. 4).</summary>
    public int ImagesPerPrompt { get; init; } = int.MaxValue;

    /// <summary>The rater's name in feedback.jsonl.</summary>
    public string Name => FormattableString.Invariant($"simulated-{Seed}");

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="UsageException">A value is out of range.</exception>
    public void Validate()
    {
        if (ErrorRate is not (>= 0 and <= 1) || SkipRate is not (>= 0 and <= 1))
        {
            throw new UsageException(FormattableString.Invariant(
                $"rate: the error rate is {ErrorRate} and the skip rate {SkipRate}; expected 0 to 1."));
        }
        if (ImagesPerPrompt < 1)
            throw new UsageException($"rate: {ImagesPerPrompt} images per prompt; expected 1 or more.");
    }
}
