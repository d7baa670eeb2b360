namespace AlignT2I.Training.Tests;

/// <summary>Progress told on the spot; <see cref="Progress{T}"/> tells it later, on another thread.</summary>
internal sealed class Told(Action<StageProgress> told) : IProgress<StageProgress>
{
    public void Report(StageProgress value) => told(value);
}
