namespace AlignT2I.Engine.Tests;

public class OpTests
{
    [TestCaseSource(typeof(OpCases), nameof(OpCases.All))]
    public void Backward_matches_central_differences(OpCase c) => GradientCheck.Run(c);

    [TestCaseSource(typeof(OpCases), nameof(OpCases.All))]
    public void Float32_agrees_with_float64(OpCase c)
    {
        using MemoryScope scope = MemoryScope.Open();
        (Tensor y64, Tensor?[] grads64) = RunBoth(c, DType.F64);
        (Tensor y32, Tensor?[] grads32) = RunBoth(c, DType.F32);
        TensorAssert.Close(y32, y64, relativeL2: 2e-6, "output");
        for (int i = 0; i < grads64.Length; i++)
            TensorAssert.Close(grads32[i]!, grads64[i]!, relativeL2: 2e-5, $"gradient of input {i}");
    }

    [Test]
    public void Every_op_has_a_case()
    {
        IEnumerable<Type> ops = typeof(Op).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(Op)) && !t.IsAbstract);
        Assert.That(ops.Except(OpCases.All.Select(c => c.Op)), Is.Empty, "ops without a case in OpCases.*.cs");
    }

    static (Tensor Output, Tensor?[] Gradients) RunBoth(OpCase c, DType dtype)
    {
        Tensor[] inputs = c.Inputs(dtype);
        foreach (Tensor input in inputs)
            input.RequiresGrad = true;
        using Tape tape = Tape.Open();
        Tensor y = c.Function(inputs);
        double[] cotangent = [.. Enumerable.Range(0, (int)y.Count).Select(i => Math.Sin(1.7 * i + 0.3))];
        tape.Backward(y, y.DType == DType.F64 ? Tensor.From(cotangent, y.Shape) : Tensor.From([.. cotangent.Select(v => (float)v)], y.Shape));
        return (y, [.. inputs.Select(input => input.Grad)]);
    }
}
