namespace AlignT2I.Engine.Tests;

public static partial class OpCases
{
    static OpCase[] Activation =>
    [
        new(typeof(SiluOp), "odd length", [[3, 7]], t => F.Silu(t[0])) { Range = (-6, 6) },
        new(typeof(SiluOp), "three vectors and a rest", [[2, 5, 5]], t => F.Silu(t[0])),
        new(typeof(GeluOp), "odd length", [[3, 11]], t => F.Gelu(t[0])) { Range = (-5, 5) },
        new(typeof(GeluTanhOp), "odd length", [[3, 11]], t => F.GeluTanh(t[0])) { Range = (-5, 5) },
        new(typeof(QuickGeluOp), "odd length", [[3, 11]], t => F.QuickGelu(t[0])) { Range = (-5, 5) },
        new(typeof(ReluOp), "odd length", [[3, 7]], t => F.Relu(t[0])) { AwayFromZero = 0.01 },
        new(typeof(SigmoidOp), "odd length", [[5, 7]], t => F.Sigmoid(t[0])) { Range = (-6, 6) },
        new(typeof(TanhOp), "odd length", [[5, 7]], t => F.Tanh(t[0])) { Range = (-3, 3) },
        new(typeof(ExpOp), "odd length", [[3, 7]], t => F.Exp(t[0])),
        new(typeof(LogOp), "odd length", [[3, 7]], t => F.Log(t[0])) { Range = (0.5, 3) },
        new(typeof(GegluOp), "odd halves", [[2, 3, 14]], t => F.Geglu(t[0])) { Range = (-3, 3) },
        new(typeof(GegluOp), "halves of a vector and a rest", [[3, 38]], t => F.Geglu(t[0])),
    ];
}
