using System.CommandLine;
using AlignT2I.Bench.Commands;
using AlignT2I.CommandLine;

var root = new RootCommand("Benchmarks of the engine, named as the peers' programs name theirs, and of the feedback server.")
{
    OpsCommand.Create(), ModelsCommand.Create(), TrainCommand.Create(), CompareCommand.Create(), GoalsCommand.Create(),
    RewardCommand.Create(), FidCommand.Create(), FeedbackCommand.Create(),
};
return Shell.Run(root, args);
