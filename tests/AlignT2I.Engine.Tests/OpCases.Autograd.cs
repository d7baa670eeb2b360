namespace AlignT2I.Engine.Tests;

public static partial class OpCases
{
    static OpCase[] Autograd =>
    [
        new(typeof(CheckpointOp), "of a reshaped view", [[2, 3], [2, 3]],
            t => Checkpoint.Call(x => F.Mul(x[0], F.Add(x[0], x[1])), t).Reshape([3, 2])),
    ];
}
