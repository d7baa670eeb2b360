using System.CommandLine;
using AlignT2I.Bench.Elementwise;

namespace AlignT2I.Bench.Commands;

/// <summary><c>bench ops</c>: times single operations, and the limits of the machine beside them.</summary>
internal static class OpsCommand
{
    static IReadOnlyList<NamedCase> Cases =>
    [
        new("peak_fma", () => new MultiplyAddPeak()), .. OpCases.All.Select(c => new NamedCase(c.Name, c.Open)), .. ElementwiseCases.All,
    ];

    public static Command Create()
    {
        var command = new Command("ops", "Time single operations and the limits of the machine; exit code 1 where a result is wrong.");
        MeasuringOptions.AddTo(command, (_, options) => BenchRun.Run(Cases, options, Console.Out, Console.Error));
        return command;
    }
}
