using AlignT2I.Files;

namespace AlignT2I.Training.Evaluation;

/// <summary>What an evaluation reads beside the run folder and the model. Each makes a part of the report; null leaves it out.</summary>
public sealed record EvaluationSources
{
    const int LargestSide = 1024;

    /// <summary>Folder of the CLIP of rewards and scores; null takes the model's own.</summary>
    public string? Clip { get; init; }

    /// <summary>Folder of an aesthetic predictor for that CLIP.</summary>
    public string? Aesthetic { get; init; }

    /// <summary>Captions for the Fréchet Inception distance: COCO's JSON, or text with one on each line.</summary>
    public string? Captions { get; init; }

    /// <summary>How many captions; null takes all.</summary>
    public int? MostCaptions { get; init; }

    /// <summary>Height and width of the images of captions, in pixels; 256 in the paper.</summary>
    public int CaptionImageSize { get; init; } = 256;

    /// <summary>Reference images of that distance: a folder, or a file of their statistics.</summary>
    public string? Reference { get; init; }

    /// <summary>The Inception network of that distance, as <c>weights-converter</c> writes it.</summary>
    public string? Inception { get; init; }

    /// <summary>Votes between two models: <c>evaluation/votes.jsonl</c> of the feedback server.</summary>
    public string? Votes { get; init; }

    /// <summary>Whether the Fréchet Inception distance is measured.</summary>
    public bool HasFid => Captions is not null;

    /// <summary>Checks what can be checked before the work.</summary>
    /// <exception cref="UsageException">Something is missing or out of range.</exception>
    public void Validate()
    {
        int given = new[] { Captions, Reference, Inception }.Count(s => s is not null);
        if (given is 1 or 2)
        {
            throw new UsageException(
                "evaluate: the Fréchet Inception distance needs --captions, --reference and --inception; give all three or none.");
        }
        if (MostCaptions is < 2)
            throw new UsageException($"evaluate: {MostCaptions} captions; expected 2 or more.");
        if (CaptionImageSize is < 8 or > LargestSide)
            throw new UsageException($"evaluate: images of captions have {CaptionImageSize} pixels a side; expected 8 to {LargestSide}.");
        foreach (string file in new[] { Captions, Inception, Votes }.OfType<string>())
        {
            if (!File.Exists(file))
                throw new UsageException($"{file}: there is no such file; check the path.");
        }
        if (Reference is not null && !File.Exists(Reference) && !Directory.Exists(Reference))
            throw new UsageException($"{Reference}: there is no such folder of images, nor a file of statistics; check the path.");
    }
}
