using System.CommandLine;

namespace AlignT2I.Bench.Commands;

/// <summary><c>bench reward</c>: seconds of a pass over the paper's labels.</summary>
internal static class RewardCommand
{
    static readonly Option<int> labels = CaseCommand.Number("--labels", "labelled images", 23_000);
    static readonly Option<int> perturbed = CaseCommand.Number("--perturbed-prompts", "wrong prompts for each good image", 7);
    static readonly Option<int> batch = CaseCommand.Number("--batch-size", "labels in one update", 512);
    static readonly Option<int> repeat = CaseCommand.Number("--repeat", "passes timed, after one that is not", 3);
    static readonly Option<bool> json = CaseCommand.Json();

    public static Command Create()
    {
        var command = new Command("reward", "Time a pass of reward training; exit code 1 where the result is wrong.")
            { labels, perturbed, batch, repeat, json };
        command.SetAction(parse =>
        {
            using var reward = new RewardCase(parse.GetValue(labels), parse.GetValue(perturbed), parse.GetValue(batch));
            Measurement m = Stopclock.Measure(reward, warmUps: 1, leastRuns: parse.GetValue(repeat), seconds: 0);
            return CaseCommand.Print(m, parse.GetValue(json), FormattableString.Invariant(
                $"{m.Name}: median {m.MsMedian / 1e3:0.00} s, min {m.MsMin / 1e3:0.00} s, max {m.MsMax / 1e3:0.00} s of {m.Runs}, ")
                + FormattableString.Invariant($"{m.Batch / (m.MsMedian / 1e3):0} labels/s, {m.Gflops:0.0} GFLOP/s, {m.Result}"));
        });
        return command;
    }
}
