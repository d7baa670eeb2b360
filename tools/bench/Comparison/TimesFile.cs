using AlignT2I.Files;

namespace AlignT2I.Bench.Comparison;

/// <summary>Reads JSON lines of benchmarks, ours or a peer's.</summary>
internal static class TimesFile
{
    /// <summary>The cases in the order of their first lines; of several modes or types of one case, the fastest.</summary>
    /// <exception cref="FileFormatException">A line is no JSON object, a time is no positive number, or no line is a case.</exception>
    public static IReadOnlyList<CaseTimes> Read(string path)
    {
        List<TimesLine> lines = [];
        foreach (JsonLine<TimesLine> line in JsonLines.Read(path, MeasurementJson.Default.TimesLine))
        {
            if (line.Value.Name is null)
                continue;
            Check(line.Value, $"{path}:{line.Line}");
            lines.Add(line.Value);
        }
        if (lines.Count == 0)
        {
            throw new FileFormatException(
                path, "no line is a case, with name, ms_median and ms_min; write some with 'bench models --json' or the peer's program.");
        }
        return
        [
            .. lines.GroupBy(line => line.Name!).Select(named => named.GroupBy(line => (line.Dtype, line.Mode))
                .Select(rounds => new CaseTimes(named.Key, [.. rounds])).MinBy(times => times.MsMedian)!),
        ];
    }

    static void Check(TimesLine line, string where)
    {
        if (!(double.IsFinite(line.MsMedian) && line.MsMin > 0 && line.MsMin <= line.MsMedian))
        {
            throw new FileFormatException(where, FormattableString.Invariant(
                $"ms_median is {line.MsMedian} and ms_min {line.MsMin}; expected positive milliseconds, the latter not larger."));
        }
        if (line.Result is not (null or Measurement.Right))
            throw new FileFormatException(where, $"the result of {line.Name} is {line.Result}; its times mean nothing; leave it out.");
    }
}
