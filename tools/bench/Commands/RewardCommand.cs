using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace AlignT2I.Bench.Commands;

/// <summary><c>bench reward</c>: seconds of a pass over the paper's labels.</summary>
internal static class RewardCommand
{
    static readonly Option<int> labels = new("--labels") { Description = "labelled images", DefaultValueFactory = _ => 23_000 };
    static readonly Option<int> perturbed = new("--perturbed-prompts")
    {
        Description = "wrong prompts for each good image",
        DefaultValueFactory = _ => 3,
    };
    static readonly Option<int> batch = new("--batch-size") { Description = "labels in one update", DefaultValueFactory = _ => 512 };
    static readonly Option<int> repeat = new("--repeat")
    {
        Description = "passes timed, after one that is not",
        DefaultValueFactory = _ => 3,
    };

    static readonly Option<bool> json = new("--json") { Description = "print one line of JSON" };

    public static Command Create()
    {
        foreach (Option<int> option in (Option<int>[])[labels, perturbed, batch, repeat])
        {
            option.Validators.Add(result =>
            {
                if (result.GetValue(option) is < 1 or > 1_000_000)
                    result.AddError($"{option.Name} is {result.GetValue(option)}; expected 1 to 1,000,000.");
            });
        }
        var command = new Command("reward", "Time a pass of reward training; exit code 1 where the result is wrong.")
            { labels, perturbed, batch, repeat, json };
        command.SetAction(parse =>
        {
            using var reward = new RewardCase(parse.GetValue(labels), parse.GetValue(perturbed), parse.GetValue(batch));
            Measurement m = Stopclock.Measure(reward, warmUps: 1, leastRuns: parse.GetValue(repeat), seconds: 0);
            Console.Out.WriteLine(parse.GetValue(json) ? JsonSerializer.Serialize(m, MeasurementJson.Default.Measurement) : Line(m));
            return m.Result == Measurement.Right ? 0 : 1;
        });
        return command;
    }

    static string Line(Measurement m) => string.Create(
        CultureInfo.InvariantCulture,
        $"{m.Name}: median {m.MsMedian / 1e3:0.00} s, min {m.MsMin / 1e3:0.00} s, max {m.MsMax / 1e3:0.00} s of {m.Runs}, "
            + $"{m.Batch / (m.MsMedian / 1e3):0} labels/s, {m.Gflops:0.0} GFLOP/s, {m.Result}");
}
