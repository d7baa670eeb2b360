namespace AlignT2I.Engine.Tests;

public class OpTests
{
    /// <summary>The filter of the cases in every type, for a run of their own.</summary>
    internal const string EveryType = $"FullyQualifiedName~Tests.{nameof(OpTests)}.{nameof(Every_type_agrees_with_float64)}";

    [TestCaseSource(typeof(OpCases), nameof(OpCases.All))]
    public void Backward_matches_central_differences(OpCase c) => GradientCheck.Run(c);

    [Test]
    public void Every_type_agrees_with_float64(
        [ValueSource(typeof(OpCases), nameof(OpCases.All))] OpCase c, [Values(DType.F32, DType.BF16, DType.F16)] DType dtype) =>
        CrossBackendCheck.Run(c, Backend.Cpu, dtype, Tolerance.For(dtype));

    [Test]
    public void Every_op_has_a_case()
    {
        IEnumerable<Type> ops = typeof(Op).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(Op)) && !t.IsAbstract);
        Assert.That(ops.Except(OpCases.All.Select(c => c.Op)), Is.Empty, "ops without a case in OpCases.*.cs");
    }
}
