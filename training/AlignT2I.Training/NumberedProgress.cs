namespace AlignT2I.Training;

/// <summary>Numbers the parts of long work: what a part reports appears as <c>[2/8] rate: …</c>.</summary>
/// <param name="inner">Receives the reports; null for no one.</param>
/// <param name="total">Number of parts.</param>
internal sealed class NumberedProgress(IProgress<StageProgress>? inner, int total)
{
    int number;

    /// <summary>Starts the next part.</summary>
    /// <param name="name">The part in a few words.</param>
    public IProgress<StageProgress> Next(string name) => new Part(inner, $"[{++number}/{total}] {name}");

    sealed class Part(IProgress<StageProgress>? inner, string name) : IProgress<StageProgress>
    {
        public void Report(StageProgress value) => inner?.Report(value with { Stage = $"{name}: {value.Stage}" });
    }
}
