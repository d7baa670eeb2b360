using System.CommandLine;
using AlignT2I.Files;

namespace AlignT2I.Bench;

/// <summary>The options of every command that measures cases.</summary>
/// <param name="Filters">Run the cases whose name holds one of these texts; all where there is none.</param>
/// <param name="Runs">Runs timed at least.</param>
/// <param name="Seconds">Time that the timed runs of a case may take beyond those.</param>
/// <param name="Json">One line of JSON for each case.</param>
/// <param name="Anyway">Report though others use the machine.</param>
internal sealed record MeasuringOptions(IReadOnlyList<string> Filters, int Runs, double Seconds, bool Json, bool Anyway)
{
    static readonly Option<string[]> filter = new("--filter")
    {
        Description = "run the cases whose name holds this text; more than once for more texts",
        DefaultValueFactory = _ => [],
    };

    static readonly Option<int> runs = new("--runs") { Description = "runs timed at least", DefaultValueFactory = _ => 5 };

    static readonly Option<double> seconds = new("--seconds")
    {
        Description = "time that the timed runs of a case may take beyond those",
        DefaultValueFactory = _ => 1,
    };

    static readonly Option<bool> json = new("--json") { Description = "print one line of JSON for each case" };

    static readonly Option<bool> anyway = new("--anyway") { Description = "report though others use the machine, and say so" };

    /// <summary>Adds the options to a command, which runs what the parsed ones ask for.</summary>
    public static void AddTo(Command command, Func<ParseResult, MeasuringOptions, int> run)
    {
        foreach (Option option in (Option[])[filter, runs, seconds, json, anyway])
            command.Add(option);
        command.SetAction(parse => run(parse, Of(parse)));
    }

    static MeasuringOptions Of(ParseResult parse)
    {
        var options = new MeasuringOptions(
            parse.GetRequiredValue(filter), parse.GetValue(runs), parse.GetValue(seconds), parse.GetValue(json), parse.GetValue(anyway));
        if (options.Runs is < 1 or > 1000)
            throw new UsageException($"--runs is {options.Runs}; it must be 1 to 1000.");
        if (!(options.Seconds is >= 0 and <= 3600))
            throw new UsageException(FormattableString.Invariant($"--seconds is {options.Seconds}; it must be 0 to 3600."));
        return options;
    }
}
