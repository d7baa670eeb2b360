using AlignT2I.Align.Commands;
using AlignT2I.CommandLine;

return Shell.Run(AlignCommand.Create(), args);
