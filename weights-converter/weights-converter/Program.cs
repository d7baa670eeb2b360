using AlignT2I.CommandLine;
using AlignT2I.WeightsConverter.Commands;

return Shell.Run(WeightsConverterCommand.Create(), args);
