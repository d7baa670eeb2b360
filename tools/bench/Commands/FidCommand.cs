using System.CommandLine;

namespace AlignT2I.Bench.Commands;

/// <summary><c>bench fid</c>: seconds and memory of the Fréchet Inception distance, once the features are there.</summary>
internal static class FidCommand
{
    static readonly Option<int> images = CaseCommand.Number("--images", "images: COCO val2014's", 40_504);
    static readonly Option<int> features = CaseCommand.Number("--features", "features of an image", 2048);
    static readonly Option<int> repeat = CaseCommand.Number("--repeat", "distances timed", 1);
    static readonly Option<bool> json = CaseCommand.Json();

    public static Command Create()
    {
        var command = new Command("fid", "Time the Fréchet distance of features on the disk; exit code 1 where the result is wrong.")
            { images, features, repeat, json };
        command.SetAction(parse =>
        {
            using var fid = new FidCase(Math.Max(2, parse.GetValue(images)), parse.GetValue(features));
            PeakMemory.Restart();
            Measurement m = Stopclock.Measure(fid, warmUps: 0, leastRuns: parse.GetValue(repeat), seconds: 0);
            return CaseCommand.Print(m, parse.GetValue(json), FormattableString.Invariant(
                $"{m.Name}: median {m.MsMedian / 1e3:0.0} s, min {m.MsMin / 1e3:0.0} s, max {m.MsMax / 1e3:0.0} s of {m.Runs}, ")
                + $"at most {m.PeakMemMb} MiB, {m.Result}");
        });
        return command;
    }
}
