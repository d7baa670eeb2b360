using AlignT2I.CommandLine;
using AlignT2I.TrainReward;

return Shell.Run(TrainRewardCommand.Create(), args);
