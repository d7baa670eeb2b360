using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace AlignT2I.Bench.Commands;

/// <summary><c>bench fid</c>: seconds and memory of the Fréchet Inception distance, once the features are there.</summary>
internal static class FidCommand
{
    static readonly Option<int> images = new("--images") { Description = "images: COCO val2014's", DefaultValueFactory = _ => 40_504 };
    static readonly Option<int> features = new("--features") { Description = "features of an image", DefaultValueFactory = _ => 2048 };
    static readonly Option<int> repeat = new("--repeat") { Description = "distances timed", DefaultValueFactory = _ => 1 };
    static readonly Option<bool> json = new("--json") { Description = "print one line of JSON" };

    public static Command Create()
    {
        var command = new Command("fid", "Time the Fréchet distance of features on the disk; exit code 1 where the result is wrong.")
            { images, features, repeat, json };
        foreach (Option<int> option in (Option<int>[])[images, features, repeat])
        {
            option.Validators.Add(result =>
            {
                if (result.GetValue(option) is < 1 or > 1_000_000)
                    result.AddError($"{option.Name} is {result.GetValue(option)}; expected 1 to 1,000,000.");
            });
        }
        command.SetAction(parse =>
        {
            using var fid = new FidCase(Math.Max(2, parse.GetValue(images)), parse.GetValue(features));
            PeakMemory.Restart();
            Measurement m = Stopclock.Measure(fid, warmUps: 0, leastRuns: parse.GetValue(repeat), seconds: 0);
            Console.Out.WriteLine(parse.GetValue(json) ? JsonSerializer.Serialize(m, MeasurementJson.Default.Measurement) : Line(m));
            return m.Result == Measurement.Right ? 0 : 1;
        });
        return command;
    }

    static string Line(Measurement m) => string.Create(
        CultureInfo.InvariantCulture,
        $"{m.Name}: median {m.MsMedian / 1e3:0.0} s, min {m.MsMin / 1e3:0.0} s, max {m.MsMax / 1e3:0.0} s of {m.Runs}, "
            + $"at most {m.PeakMemMb} MiB, {m.Result}");
}
