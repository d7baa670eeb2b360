using System.CommandLine;

namespace AlignT2I.WeightsConverter.Commands;

/// <summary>The command <c>weights-converter</c> with all its commands.</summary>
internal static class WeightsConverterCommand
{
    public static RootCommand Create() => new("Read and convert model weights of every common format. Nothing in a file is ever executed.")
    {
        ConvertCommand.Create(),
        InspectCommand.Create(),
        VerifyCommand.Create(),
        DiffCommand.Create(),
        MergeLoraCommand.Create(),
    };
}
