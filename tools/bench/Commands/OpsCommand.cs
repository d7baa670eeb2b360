using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using AlignT2I.Bench.Elementwise;
using AlignT2I.Files;

namespace AlignT2I.Bench.Commands;

/// <summary><c>bench ops</c>: times single operations and checks a sample of what they computed.</summary>
internal static class OpsCommand
{
    static readonly Option<string> filter = new("--filter") { Description = "run the cases whose name holds this text", DefaultValueFactory = _ => "" };

    static readonly Option<double> seconds = new("--seconds") { Description = "time to spend on each case", DefaultValueFactory = _ => 1 };

    static readonly Option<bool> json = new("--json") { Description = "print one line of JSON for each case" };

    public static Command Create()
    {
        var command = new Command("ops", "Time single operations and memory itself; exit code 1 where a result is wrong.")
            { filter, seconds, json };
        command.SetAction(parse => Run(parse.GetValue(filter)!, parse.GetValue(seconds), parse.GetValue(json), Console.Out, Console.Error));
        return command;
    }

    internal static int Run(string filter, double seconds, bool asJson, TextWriter output, TextWriter errors)
    {
        if (!(seconds is > 0 and <= 3600))
            throw new UsageException(FormattableString.Invariant($"--seconds is {seconds}; it must be more than 0 and at most 3600."));
        List<(string Name, Func<BenchCase> Make)> all =
            [.. OpCases.All.Select(c => (c.Name, (Func<BenchCase>)c.Open)), .. ElementwiseCases.All];
        List<(string Name, Func<BenchCase> Make)> cases = [.. all.Where(c => c.Name.Contains(filter, StringComparison.Ordinal))];
        if (cases.Count == 0)
        {
            errors.WriteLine($"no case has '{filter}' in its name; the names are {string.Join(", ", all.Select(c => c.Name))}.");
            return 2;
        }

        bool right = true;
        if (!asJson) output.WriteLine($"{"case",-34} {"median",10} {"min",10} {"max",10} {"GFLOP/s",9} {"GB/s",7}  result");
        foreach ((_, Func<BenchCase> make) in cases)
        {
            using BenchCase inputs = make();
            Measurement m = Stopclock.Measure(inputs, warmUps: 2, leastRuns: 5, seconds);
            right &= m.Right;
            output.WriteLine(asJson ? JsonSerializer.Serialize(m, MeasurementJson.Default.Measurement) : Line(m));
        }
        return right ? 0 : 1;
    }

    static string Line(Measurement m) => string.Create(
        CultureInfo.InvariantCulture,
        $"{m.Name,-34} {m.MsMedian,7:0.000} ms {m.MsMin,7:0.000} ms {m.MsMax,7:0.000} ms {m.Gflops,9:0.0} {m.GbPerS,7:0.0}  {(m.Right ? "right" : "WRONG")}");
}
