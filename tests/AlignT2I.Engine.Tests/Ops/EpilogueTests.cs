namespace AlignT2I.Engine.Tests;

internal sealed class EpilogueTests
{
    [Test]
    public void An_epilogue_gives_the_bits_of_operations_of_their_own(
        [ValueSource(typeof(EpilogueCase), nameof(EpilogueCase.All))] EpilogueCase c, [Values] Activation activation,
        [Values(DType.F32, DType.F64)] DType dtype)
    {
        using MemoryScope scope = MemoryScope.Open();
        Tensor[] inputs = c.Inputs(dtype);
        foreach (bool all in new[] { false, true })
            TensorAssert.Same(c.Fused(inputs, all, activation), c.Separate(inputs, all, activation), $"all {all}");
    }

    [TestCase(DType.BF16)]
    [TestCase(DType.F16)]
    public void In_16_bit_types_an_epilogue_rounds_once(DType dtype)
    {
        using MemoryScope scope = MemoryScope.Open();
        EpilogueCase c = EpilogueCase.All.Single(c => c.Name == "1x1");
        Tensor[] inputs = c.Inputs(dtype);
        Tensor expected = c.Separate([.. inputs.Select(x => F.Cast(x, DType.F32))], all: true, Activation.Gelu);
        TensorAssert.Same(c.Fused(inputs, all: true, Activation.Gelu), F.Cast(expected, dtype), "rounded result");
    }

    [Test]
    public void Under_a_tape_the_result_is_the_same([Values] Activation activation)
    {
        using MemoryScope scope = MemoryScope.Open();
        EpilogueCase c = EpilogueCase.All.Single(c => c.Name == "1x1");
        Tensor[] inputs = c.Inputs(DType.F32);
        Tensor expected = c.Fused(inputs, all: true, activation);
        inputs[0].RequiresGrad = true;
        using Tape tape = Tape.Open();
        TensorAssert.Same(c.Fused(inputs, all: true, activation), expected, "result under a tape");
    }

    [Test]
    public void The_gradient_of_a_residual_is_the_incoming_one_copied_by_no_one()
    {
        using MemoryScope scope = MemoryScope.Open();
        Tensor residual = Tensor.Zeros([2, 3], DType.F32, Backend.Cpu), dy = Tensor.Zeros([2, 3], DType.F32, Backend.Cpu);
        residual.RequiresGrad = true;
        using Tape tape = Tape.Open();
        Tensor x = Tensor.Zeros([2, 5], DType.F32, Backend.Cpu), weight = Tensor.Zeros([3, 5], DType.F32, Backend.Cpu);
        tape.Backward(F.Linear(x, weight, residual: residual), dy);
        dy.CopyFrom(Tensor.Full([2, 3], DType.F32, Backend.Cpu, 7));
        Assert.That(residual.Grad!.ToArray<float>(), Is.All.EqualTo(7));
    }
}
