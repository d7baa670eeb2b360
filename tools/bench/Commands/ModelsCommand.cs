using System.CommandLine;
using AlignT2I.Bench.Networks;

namespace AlignT2I.Bench.Commands;

/// <summary><c>bench models</c>: passes of Stable Diffusion v1.5's networks, of CLIP and of a small UNet.</summary>
internal static class ModelsCommand
{
    public static Command Create()
    {
        var command = new Command("models", "Time passes of Stable Diffusion v1.5's networks; exit code 1 where a result is wrong.");
        NetworkOptions.AddTo(command, withWeights: true);
        MeasuringOptions.AddTo(command, (parse, options) =>
            BenchRun.Run(ModelCases.Of(NetworkOptions.Networks(parse)), options, Console.Out, Console.Error));
        return command;
    }
}
