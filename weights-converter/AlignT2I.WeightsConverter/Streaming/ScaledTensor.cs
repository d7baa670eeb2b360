namespace AlignT2I.WeightsConverter.Streaming;

/// <summary>A tensor times a number, each value rounded once; exact for powers of two.</summary>
internal sealed class ScaledTensor(ModelTensor source, string name, double factor) : ModelTensor(name, source.DType, source.Shape)
{
    public override void Read(Span<byte> destination)
    {
        source.Read(destination);
        double[] values = new double[ElementCount];
        FloatingPoint.Widen(destination, DType, values);
        for (int i = 0; i < values.Length; i++)
            values[i] *= factor;
        FloatingPoint.Narrow(values, DType, destination);
    }
}
