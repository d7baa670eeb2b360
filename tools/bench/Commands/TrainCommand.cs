using System.CommandLine;
using AlignT2I.Bench.Networks;

namespace AlignT2I.Bench.Commands;

/// <summary><c>bench train</c>: training steps of UNets, and updates of <c>finetune</c>.</summary>
internal static class TrainCommand
{
    public static Command Create()
    {
        var command = new Command("train", "Time training steps; exit code 1 where a result is wrong.");
        NetworkOptions.AddTo(command, withWeights: false);
        MeasuringOptions.AddTo(command, (parse, options) =>
            BenchRun.Run(TrainingCases.Of(NetworkOptions.Networks(parse)), options, Console.Out, Console.Error));
        return command;
    }
}
