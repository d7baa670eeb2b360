namespace AlignT2I.Models.Parity;

/// <summary>What came of running a recorded case through the engine.</summary>
/// <param name="Path">The file.</param>
/// <param name="Component">What was run.</param>
/// <param name="Case">The case's own name.</param>
/// <param name="Comparisons">One for each recorded result.</param>
public sealed record ParityReport(string Path, string Component, string Case, IReadOnlyList<ParityComparison> Comparisons)
{
    /// <summary>Whether there are comparisons and every one is within its limit.</summary>
    public bool Passed => Comparisons.Count > 0 && Comparisons.All(c => c.Passed);
}
