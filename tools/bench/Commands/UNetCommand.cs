using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using AlignT2I.Engine;
using AlignT2I.Files;

namespace AlignT2I.Bench.Commands;

/// <summary><c>bench unet</c>: seconds and memory of Stable Diffusion v1.5's UNet.</summary>
internal static class UNetCommand
{
    static readonly Option<string> size = new("--size") { Description = "height x width of the latents", DefaultValueFactory = _ => "64x64" };

    static readonly Option<int> batch = new("--batch") { Description = "images in a pass", DefaultValueFactory = _ => 1 };

    static readonly Option<string> dtype = new("--dtype") { Description = "type to compute in", DefaultValueFactory = _ => "float32" };

    static readonly Option<FileInfo?> weights = new("--weights") { Description = "the weights, a safetensors file [default: synthetic ones]" };

    static readonly Option<int> repeat = new("--repeat") { Description = "passes timed, after one that is not", DefaultValueFactory = _ => 5 };

    static readonly Option<bool> json = new("--json") { Description = "print one line of JSON" };

    public static Command Create()
    {
        dtype.AcceptOnlyFromAmong("float32", "bfloat16", "float16");
        var command = new Command("unet", "Time the UNet of Stable Diffusion v1.5; exit code 1 where the result is wrong.")
            { size, batch, dtype, weights, repeat, json };
        command.SetAction(parse =>
        {
            (int height, int width) = Size(parse.GetRequiredValue(size));
            int images = Count("--batch", parse.GetValue(batch)), runs = Count("--repeat", parse.GetValue(repeat));
            DType type = DTypes.Named(parse.GetRequiredValue(dtype))!.Value;
            return Run(new UNetCase(height, width, images, type, parse.GetValue(weights)?.ToString()), runs, parse.GetValue(json), Console.Out);
        });
        return command;
    }

    static int Run(UNetCase unet, int repeat, bool asJson, TextWriter output)
    {
        Measurement m;
        using (unet)
            m = Stopclock.Measure(unet, warmUps: 1, leastRuns: repeat, seconds: 0);
        output.WriteLine(asJson ? JsonSerializer.Serialize(m, MeasurementJson.Default.Measurement) : Line(m));
        return m.Right ? 0 : 1;
    }

    static string Line(Measurement m) => string.Create(
        CultureInfo.InvariantCulture,
        $"{m.Name} {m.Dtype}: median {m.MsMedian / 1e3:0.00} s, min {m.MsMin / 1e3:0.00} s, max {m.MsMax / 1e3:0.00} s of {m.Runs}, " +
        $"{m.Gflops:0.0} GFLOP/s, peak memory {m.PeakMemMb / 1024.0:0.00} GiB, {(m.Right ? "right" : "WRONG")}");

    static (int Height, int Width) Size(string text) =>
        text.Split('x') is [var h, var w] && Side(h) is { } height && Side(w) is { } width ? (height, width) : throw new UsageException(
            $"--size is '{text}'; it must be height x width of the latents, multiples of 8 up to 512, as in 64x64.");

    static int? Side(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int side) && side is > 0 and <= 512 && side % 8 == 0 ? side : null;

    static int Count(string option, int count) =>
        count is >= 1 and <= 1000 ? count : throw new UsageException($"{option} is {count}; it must be 1 to 1000.");
}
