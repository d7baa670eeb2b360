using AlignT2I.Files;

namespace AlignT2I.Training.Runs;

/// <summary>One line of log.jsonl: the figures of training at a step.</summary>
/// <param name="Stage">The work in a few words.</param>
/// <param name="Step">Steps done.</param>
/// <param name="Steps">Steps in all.</param>
/// <param name="ElapsedMs">Milliseconds since this process started the stage.</param>
/// <param name="Values">Figures by name: loss, reward, norm, lr.</param>
public sealed record LogLine(string Stage, long Step, long Steps, long ElapsedMs, IReadOnlyDictionary<string, double> Values)
{
    /// <summary>Opens a log for appending.</summary>
    /// <exception cref="StorageException">It cannot be written.</exception>
    public static JsonLinesWriter<LogLine> OpenLog(string path) => JsonLinesWriter<LogLine>.Open(path, RunJson.Default.LogLine);

    /// <summary>Reads a log.</summary>
    /// <exception cref="FileFormatException">A line is not one of a log.</exception>
    internal static IEnumerable<LogLine> Read(string path) => JsonLines.Read(path, RunJson.Default.LogLine).Select(line => line.Value);
}
