using AlignT2I.WeightsConverter.Streaming;

namespace AlignT2I.WeightsConverter.Comparison;

/// <summary>Compares two models tensor by tensor; one of each is in memory at a time.</summary>
public static class ModelDiff
{
    const int ChunkElements = 1 << 14;

    /// <summary>Compares all tensors, in the order of the first model and then of what only the second has.</summary>
    public static IEnumerable<TensorDifference> Compare(ModelTensors first, ModelTensors second) =>
        first.ByName.Keys.Concat(second.ByName.Keys.Where(name => !first.ByName.ContainsKey(name)))
            .Select(name => Compare(name, first.ByName.GetValueOrDefault(name), second.ByName.GetValueOrDefault(name)));

    static TensorDifference Compare(string name, ModelTensor? first, ModelTensor? second)
    {
        bool comparable = first is not null && second is not null && first.Shape.SequenceEqual(second.Shape);
        (double? maxAbs, bool equalBits) = comparable ? Values(first!, second!) : (null, false);
        return new TensorDifference(name, (first?.DType, second?.DType), (first?.Shape, second?.Shape), maxAbs, equalBits);
    }

    static (double? MaxAbs, bool Identical) Values(ModelTensor first, ModelTensor second)
    {
        using ScratchMemory a = new(first.ByteCount), b = new(second.ByteCount);
        first.Read(a.Span);
        second.Read(b.Span);
        bool identical = first.DType == second.DType && a.Span.SequenceEqual(b.Span);
        if (!FloatingPoint.Is(first.DType) || !FloatingPoint.Is(second.DType))
            return (null, identical);
        return (identical ? 0 : MaxAbs(a.Span, first, b.Span, second), identical);
    }

    static double MaxAbs(Span<byte> a, ModelTensor first, Span<byte> b, ModelTensor second)
    {
        int sizeA = (int)(first.ByteCount / Math.Max(1, first.ElementCount)),
            sizeB = (int)(second.ByteCount / Math.Max(1, second.ElementCount));
        double[] x = new double[ChunkElements], y = new double[ChunkElements];
        double worst = 0;
        for (int start = 0; start < first.ElementCount; start += ChunkElements)
        {
            int count = (int)Math.Min(ChunkElements, first.ElementCount - start);
            FloatingPoint.Widen(a.Slice(start * sizeA, count * sizeA), first.DType, x.AsSpan(0, count));
            FloatingPoint.Widen(b.Slice(start * sizeB, count * sizeB), second.DType, y.AsSpan(0, count));
            for (int i = 0; i < count; i++)
            {
                bool same = x[i] == y[i] || (double.IsNaN(x[i]) && double.IsNaN(y[i]));
                double difference = same ? 0 : Math.Abs(x[i] - y[i]);
                worst = double.IsNaN(difference) ? double.PositiveInfinity : Math.Max(worst, difference);
            }
        }
        return worst;
    }
}
