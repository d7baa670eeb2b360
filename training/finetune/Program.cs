using AlignT2I.CommandLine;
using AlignT2I.Finetune;

return Shell.Run(FinetuneCommand.Create(), args);
