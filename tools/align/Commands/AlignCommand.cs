using System.CommandLine;

namespace AlignT2I.Align.Commands;

/// <summary>The umbrella command with all its commands.</summary>
internal static class AlignCommand
{
    public static RootCommand Create() => new("Align text-to-image models using human feedback (Lee et al. 2023).")
    {
        DemoCommand.Create(),
        PromptsCommand.Create(),
        GenerateCommand.Create(),
        RateCommand.Create(),
        EvaluateCommand.Create(),
        TablesCommand.Create(),
        PretrainCommand.Create(),
        ParityCommand.Create(),
        SynthesizeCommand.Create(),
        DoctorCommand.Create(),
    };
}
