using AlignT2I.Align.Commands;
using AlignT2I.Finetune;
using AlignT2I.TrainReward;

namespace AlignT2I.Align.Tests;

/// <summary>The programs that are tested here.</summary>
internal sealed partial record CommandRun
{
    public static CommandRun Align(params string[] arguments) => Run(AlignCommand.Create(), arguments);

    public static CommandRun TrainReward(params string[] arguments) => Run(TrainRewardCommand.Create(), arguments);

    public static CommandRun Finetune(params string[] arguments) => Run(FinetuneCommand.Create(), arguments);
}
