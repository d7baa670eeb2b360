using AlignT2I.Engine;
using NUnit.Framework;

namespace AlignT2I.Testing;

/// <summary>
/// Compares an operation on some backend and in some type with float64 on the CPU: the output and every input's gradient.
/// </summary>
public static class CrossBackendCheck
{
    /// <summary>Runs a case both ways on the same inputs: those of <paramref name="dtype"/>, widened for the reference.</summary>
    /// <param name="c">The case.</param>
    /// <param name="backend">What is checked.</param>
    /// <param name="dtype">The compute type that is checked.</param>
    /// <param name="tolerance">What may lie between.</param>
    public static void Run(OpCase c, Backend backend, DType dtype, Tolerance tolerance)
    {
        using MemoryScope scope = MemoryScope.Open();
        Tensor[] inputs = c.Inputs(dtype);
        (Tensor y, Tensor[] gradients) = Differentiate(c, inputs, backend);
        (Tensor expected, Tensor[] expectedGradients) = Differentiate(c, [.. inputs.Select(x => F.Cast(x, DType.F64))], Backend.Cpu);
        TensorAssert.Close(y, expected, tolerance.Output, "output");
        for (int i = 0; i < inputs.Length; i++)
        {
            Assert.That(gradients[i].DType, Is.EqualTo(dtype.Accumulator), $"type of the gradient of input {i}");
            TensorAssert.Close(gradients[i], expectedGradients[i], tolerance.Gradient, $"gradient of input {i}");
        }
    }

    static (Tensor Output, Tensor[] Gradients) Differentiate(OpCase c, Tensor[] inputs, Backend backend)
    {
        Tensor[] leaves = [.. inputs.Select(x => On(backend, x))];
        foreach (Tensor leaf in leaves)
            leaf.RequiresGrad = true;
        using Tape tape = Tape.Open();
        Tensor y = c.Function(leaves);
        Assert.That(tape.Ops.Select(op => op.GetType()), Does.Contain(c.Op), "the case did not record its operation");
        tape.Backward(y, On(backend, F.Cast(Cotangent(y.Shape), y.DType)));
        return (On(Backend.Cpu, y), [.. leaves.Select(leaf => On(Backend.Cpu, leaf.Grad!))]);
    }

    /// <summary>Numbers of eight bits, exact in every type.</summary>
    static Tensor Cotangent(Shape shape) =>
        Tensor.From([.. Enumerable.Range(0, (int)shape.Count).Select(i => Math.Round(128 * Math.Sin(1.7 * i + 0.3)) / 128)], shape);

    /// <summary>A tensor of its own on the backend, outside the tape.</summary>
    static Tensor On(Backend backend, Tensor x) => backend == x.Backend ? x.Detach() : x.To(backend);
}
