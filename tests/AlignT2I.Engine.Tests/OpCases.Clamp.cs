namespace AlignT2I.Engine.Tests;

public static partial class OpCases
{
    static OpCase[] Clamp =>
    [
        new(typeof(ClampOp), "values on both sides", [[3, 7]], t => F.Clamp(t[0], -0.4, 0.7)),
        new(typeof(ClampOp), "nothing outside", [[2, 3, 5]], t => F.Clamp(t[0], -30, 20)),
    ];
}
