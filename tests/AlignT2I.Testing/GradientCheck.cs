using AlignT2I.Engine;
using NUnit.Framework;

namespace AlignT2I.Testing;

/// <summary>Compares an operation's backward pass with central differences in float64.</summary>
public static class GradientCheck
{
    /// <summary>Checks every element of every input's gradient, and that the case put its operation on the tape.</summary>
    /// <param name="c">The case.</param>
    /// <param name="step">Half the distance of the two evaluations.</param>
    /// <param name="tolerance">Largest error, relative to the largest gradient of the input (or to 1 where that is smaller).</param>
    public static void Run(OpCase c, double step = 1e-5, double tolerance = 1e-6)
    {
        using MemoryScope scope = MemoryScope.Open();
        Tensor[] inputs = c.Inputs(DType.F64);
        foreach (Tensor input in inputs)
            input.RequiresGrad = true;

        Tensor cotangent;
        using (Tape tape = Tape.Open())
        {
            Tensor y = c.Function(inputs);
            Assert.That(tape.Ops.Select(op => op.GetType()), Does.Contain(c.Op), "the case did not record its operation");
            cotangent = Cotangent(y);
            tape.Backward(y, cotangent);
        }

        for (int i = 0; i < inputs.Length; i++)
            CheckInput(c, inputs, i, cotangent, step, tolerance);
    }

    static void CheckInput(OpCase c, Tensor[] inputs, int index, Tensor cotangent, double step, double tolerance)
    {
        Tensor? gradient = inputs[index].Grad;
        Assert.That(gradient, Is.Not.Null, $"input {index} has no gradient");
        double[] analytic = gradient!.ToArray<double>();
        double[] numeric = new double[analytic.Length];
        Span<double> values = inputs[index].AsSpan<double>();
        for (int j = 0; j < numeric.Length; j++)
        {
            double value = values[j];
            values[j] = value + step;
            double above = Loss(c, inputs, cotangent);
            values[j] = value - step;
            double below = Loss(c, inputs, cotangent);
            values[j] = value;
            numeric[j] = (above - below) / (2 * step);
        }

        double scale = Math.Max(1, numeric.Select(Math.Abs).DefaultIfEmpty(0).Max());
        for (int j = 0; j < numeric.Length; j++)
        {
            Assert.That(
                analytic[j], Is.EqualTo(numeric[j]).Within(tolerance * scale),
                $"{c}: gradient of input {index}, element {j} of {inputs[index].Shape}");
        }
    }

    static double Loss(OpCase c, Tensor[] inputs, Tensor cotangent)
    {
        using MemoryScope scope = MemoryScope.Open();
        using Tape pause = Tape.Pause();
        ReadOnlySpan<double> y = c.Function(inputs).AsSpan<double>();
        ReadOnlySpan<double> v = cotangent.AsSpan<double>();
        double sum = 0;
        for (int i = 0; i < y.Length; i++)
            sum += y[i] * v[i];
        return sum;
    }

    static Tensor Cotangent(Tensor y)
    {
        Random random = new(7);
        double[] values = new double[y.Count];
        for (int i = 0; i < values.Length; i++)
            values[i] = 2 * random.NextDouble() - 1;
        return Tensor.From(values, y.Shape);
    }
}
