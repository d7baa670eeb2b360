using AlignT2I.Engine;

namespace AlignT2I.Testing;

/// <summary>One operation on small odd shapes: what every check of the operation runs.</summary>
/// <param name="Op">The tape node the case must record.</param>
/// <param name="Name">What is particular about the case.</param>
/// <param name="Shapes">Shapes of the inputs, all of which get a gradient.</param>
/// <param name="Function">The operation.</param>
public sealed record OpCase(Type Op, string Name, Shape[] Shapes, Func<Tensor[], Tensor> Function)
{
    /// <summary>Range of the inputs' values.</summary>
    public (double Low, double High) Range { get; init; } = (-1.5, 1.5);

    /// <summary>Values of the inputs closer to zero than this are moved away: for operations with a kink at zero.</summary>
    public double AwayFromZero { get; init; }

    /// <summary>
    /// Inputs that are in the accumulator type, float32 beside half: scale and shift of a normalization, sample weights.
    /// </summary>
    public int[] AccumulatorInputs { get; init; } = [];

    public override string ToString() => $"{Op.Name} {Name}";

    /// <summary>The inputs, the same in every run, rounded to the types they have where <paramref name="dtype"/> is computed in.</summary>
    public Tensor[] Inputs(DType dtype)
    {
        Random random = new(20230223);
        return [.. Shapes.Select((shape, i) => F.Cast(Input(shape, random), AccumulatorInputs.Contains(i) ? dtype.Accumulator : dtype))];
    }

    Tensor Input(Shape shape, Random random)
    {
        double[] values = new double[shape.Count];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = Range.Low + (Range.High - Range.Low) * random.NextDouble();
            if (Math.Abs(values[i]) < AwayFromZero)
                values[i] = Math.CopySign(AwayFromZero, values[i]);
        }

        return Tensor.From(values, shape);
    }
}
