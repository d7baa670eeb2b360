namespace AlignT2I.Engine.Tests;

public static partial class OpCases
{
    static OpCase[] Loss =>
    [
        new(typeof(MseLossOp), "plain", [[3, 5, 2, 3], [3, 5, 2, 3]], t => F.MseLoss(t[0], t[1])),
        new(typeof(MseLossOp), "weighted", [[5, 3, 7], [5, 3, 7], [5]], t => F.MseLoss(t[0], t[1], t[2])) { AccumulatorInputs = [2] },
        new(typeof(MseLossOp), "one number a sample, scaled", [[7], [7]], t => F.Affine(F.MseLoss(t[0], t[1]), 3)),
        new(typeof(CrossEntropyOp), "odd classes", [[4, 7]], t => F.CrossEntropy(t[0], Tensor.From([6, 0, 3, 3], [4], t[0].Backend))),
        new(typeof(CrossEntropyOp), "large logits", [[3, 5]], t => F.CrossEntropy(t[0], Tensor.From([4, 0, 2], [3], t[0].Backend)))
        {
            Range = (-40, 40),
        },
    ];
}
