using AlignT2I.WeightsConverter.Commands;

namespace AlignT2I.Align.Tests;

/// <summary>The program that is tested here.</summary>
internal sealed partial record CommandRun
{
    public static CommandRun WeightsConverter(params string[] arguments) => Run(WeightsConverterCommand.Create(), arguments);
}
