using System.CommandLine;
using AlignT2I.CommandLine;
using AlignT2I.Align.Commands;

var root = new RootCommand("Align text-to-image models using human feedback (Lee et al. 2023).")
{
    ParityCommand.Create(),
    PretrainCommand.Create(),
};
return Shell.Run(root, args);
