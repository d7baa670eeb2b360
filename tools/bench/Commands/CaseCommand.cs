using System.CommandLine;
using System.Text.Json;

namespace AlignT2I.Bench.Commands;

/// <summary>What the commands that time one case of a chosen size have in common.</summary>
internal static class CaseCommand
{
    const int Most = 1_000_000;

    /// <summary><c>--json</c>.</summary>
    public static Option<bool> Json() => new("--json") { Description = "print one line of JSON" };

    /// <summary>A number of things, of which there is at least one.</summary>
    public static Option<int> Number(string name, string description, int value)
    {
        Option<int> option = new(name) { Description = description, DefaultValueFactory = _ => value };
        option.Validators.Add(result =>
        {
            if (result.GetValue(option) is < 1 or > Most)
                result.AddError(FormattableString.Invariant($"{name} is {result.GetValue(option)}; expected 1 to {Most:N0}."));
        });
        return option;
    }

    /// <summary>Prints a measurement; the exit code is 1 where its result is wrong.</summary>
    /// <param name="measurement">The measurement.</param>
    /// <param name="json">As a line of JSON.</param>
    /// <param name="line">It as a line for people.</param>
    public static int Print(Measurement measurement, bool json, string line)
    {
        Console.Out.WriteLine(json ? JsonSerializer.Serialize(measurement, MeasurementJson.Default.Measurement) : line);
        return measurement.Result == Measurement.Right ? 0 : 1;
    }
}
