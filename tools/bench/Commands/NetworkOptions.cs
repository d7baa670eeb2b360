using System.CommandLine;
using AlignT2I.Bench.Networks;
using AlignT2I.CommandLine;
using AlignT2I.Engine;

namespace AlignT2I.Bench.Commands;

/// <summary>The options of the commands that run networks: where, in which type, with which weights.</summary>
internal static class NetworkOptions
{
    static readonly Option<string> device = CommandOptions.Device();

    static readonly Option<string?> dtype = Types();

    static readonly Option<FileInfo?> weights = new("--weights")
    {
        Description = "weights of Stable Diffusion v1.5's UNet, a safetensors file [default: synthetic ones]",
    };

    static readonly Option<bool> tune = new("--autotune") { Description = "on a GPU, time every convolution engine and keep the fastest" };

    /// <summary>Adds the options to a command.</summary>
    public static void AddTo(Command command, bool withWeights)
    {
        command.Add(device);
        command.Add(dtype);
        if (withWeights)
            command.Add(weights);
        command.Add(tune);
    }

    /// <summary>What the parsed options ask for.</summary>
    public static BenchNetworks Networks(ParseResult parse)
    {
        CudaOptions options = new() { Autotune = parse.GetValue(tune), TensorFloat32 = true };
        Backend backend = Backend.Open(parse.GetRequiredValue(device), options);
        return new BenchNetworks(backend, parse.ComputeType(dtype, backend), parse.GetValue(weights)?.ToString());
    }

    static Option<string?> Types()
    {
        Option<string?> option = new("--dtype")
        {
            Description = "type to compute in; float64 is what results are checked against [default: float32; on a GPU bfloat16]",
        };
        option.AcceptOnlyFromAmong("float32", "bfloat16", "float16", "float64");
        return option;
    }
}
