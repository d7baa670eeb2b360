using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using AlignT2I.Bench.StableDiffusion;
using AlignT2I.CommandLine;
using AlignT2I.Engine;
using AlignT2I.Files;

namespace AlignT2I.Bench.Commands;

/// <summary><c>bench sd15</c>: the networks of Stable Diffusion v1.5 and a training step, on one device.</summary>
internal static class StableDiffusionCommand
{
    static readonly (string Name, Func<BenchNetworks, BenchCase> Make)[] cases =
    [
        ("unet_fwd_64x64_b1", n => new UNetForward(n, 1)),
        ("unet_fwd_64x64_b2", n => new UNetForward(n, 2)),
        ("unet_fwd_64x64_b8", n => new UNetForward(n, 8)),
        ("unet_fwd_64x64_b16", n => new UNetForward(n, 16)),
        ("vae_decoder_64x64_to_512x512", n => new VaeDecode(n)),
        ("generate_50step_512_b1", n => new Generation(n)),
        ("clip_vision_b1", n => new ClipVision(n, 1)),
        ("unet_train_64x64_b8", n => new UNetTraining(n, 8)),
    ];

    static readonly Option<string> device = CommandOptions.Device();

    static readonly Option<string> dtype = new("--dtype") { Description = "type to compute in", DefaultValueFactory = _ => "bfloat16" };

    static readonly Option<string> filter = new("--filter")
    {
        Description = "run the cases whose name holds this text",
        DefaultValueFactory = _ => "",
    };

    static readonly Option<double> seconds = new("--seconds") { Description = "time to spend on each case", DefaultValueFactory = _ => 8 };

    static readonly Option<bool> tune = new("--autotune") { Description = "time every convolution engine and keep the fastest" };

    static readonly Option<bool> json = new("--json") { Description = "print one line of JSON for each case" };

    public static Command Create()
    {
        dtype.AcceptOnlyFromAmong("float32", "bfloat16", "float16");
        var command = new Command(
            "sd15", "Time the networks of Stable Diffusion v1.5 and a fine-tuning step; exit code 1 where a result is wrong.")
            { device, dtype, filter, seconds, tune, json };
        command.SetAction(parse =>
        {
            string wanted = parse.GetRequiredValue(filter);
            if (!cases.Any(c => c.Name.Contains(wanted, StringComparison.Ordinal)))
            {
                string names = string.Join(", ", cases.Select(c => c.Name));
                throw new UsageException($"no case has '{wanted}' in its name; the names are {names}.");
            }

            CudaOptions options = new() { Autotune = parse.GetValue(tune), TensorFloat32 = true };
            Backend backend = Backend.Open(parse.GetRequiredValue(device), options);
            DType type = DTypes.Named(parse.GetRequiredValue(dtype))!.Value;
            return Run(backend, type, wanted, parse.GetValue(seconds), parse.GetValue(json), Console.Out);
        });
        return command;
    }

    internal static int Run(Backend backend, DType dtype, string filter, double seconds, bool asJson, TextWriter output)
    {
        bool right = true;
        foreach ((_, Func<BenchNetworks, BenchCase> make) in cases.Where(c => c.Name.Contains(filter, StringComparison.Ordinal)))
        {
            Measurement m;
            using (BenchNetworks networks = new(backend, dtype))
            using (BenchCase c = make(networks))
                m = Stopclock.Measure(c, warmUps: 3, leastRuns: 5, seconds);
            backend.Trim();
            right &= m.Right;
            output.WriteLine(asJson ? JsonSerializer.Serialize(m, MeasurementJson.Default.Measurement) : Line(m));
        }

        return right ? 0 : 1;
    }

    static string Line(Measurement m) => string.Create(
        CultureInfo.InvariantCulture,
        $"{m.Name,-30} {m.Dtype} {m.MsMedian,9:0.00} ms {m.MsMin,9:0.00} ms {m.Batch * 1e3 / m.MsMedian,8:0.00} images/s "
        + $"{m.Gflops / 1e3,7:0.0} TFLOP/s {m.PeakMemMb / 1024.0,6:0.00} GiB  {(m.Right ? "right" : "WRONG")}");
}
