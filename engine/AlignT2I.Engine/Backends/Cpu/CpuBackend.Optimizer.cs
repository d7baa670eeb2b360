using System.Numerics;

namespace AlignT2I.Engine.Backends.Cpu;

internal sealed unsafe partial class CpuBackend
{
    internal override void AdamStep(OptimizerSlot[] slots, Tensor constants, GradientClip? clip)
    {
        AdamStep step = Engine.AdamStep.Read(constants.AsSpan<double>());
        if (GradientClip.Scale(clip, step.GradientScale) is not { } scale)
            return;
        step = step with { GradientScale = scale };
        ForPieces([.. slots.Select(slot => slot.Value)], (k, start, length) =>
        {
            switch (slots[k].Value.DType)
            {
                case DType.F32: AdamPiece<float>(slots[k], start, length, step); break;
                case DType.F64: AdamPiece<double>(slots[k], start, length, step); break;
                default: throw NotSupported(slots[k].Value.DType);
            }
            PassOn(slots[k], start, length, step.AverageFraction);
        });
    }

    internal override void SgdStep(OptimizerSlot[] slots, Tensor constants, GradientClip? clip)
    {
        SgdStep step = Engine.SgdStep.Read(constants.AsSpan<double>());
        if (GradientClip.Scale(clip, step.GradientScale) is not { } scale)
            return;
        step = step with { GradientScale = scale };
        ForPieces([.. slots.Select(slot => slot.Value)], (k, start, length) =>
        {
            switch (slots[k].Value.DType)
            {
                case DType.F32: SgdPiece<float>(slots[k], start, length, step); break;
                case DType.F64: SgdPiece<double>(slots[k], start, length, step); break;
                default: throw NotSupported(slots[k].Value.DType);
            }
            PassOn(slots[k], start, length, step.AverageFraction);
        });
    }

    internal override void MoveToward(Tensor[] averages, Tensor[] values, double fraction) =>
        ForPieces(averages, (k, start, length) => MovePiece(averages[k], values[k], fraction, start, length));

    internal override void SquaredNorm(Tensor[] tensors, Tensor total)
    {
        (int Tensor, long Start)[] pieces = Pieces(tensors);
        double[] sums = new double[pieces.Length];
        CpuThreads.For(pieces.Length, i =>
        {
            (int k, long start) = pieces[i];
            long length = Math.Min(FixedOrder.Piece, tensors[k].Count - start);
            switch (tensors[k].DType)
            {
                case DType.F32:
                    float* p = tensors[k].Pointer<float>() + start;
                    sums[i] = FixedOrder.Sum<float, FixedOrder.Product>(p, p, length);
                    break;
                case DType.F64:
                    double* q = tensors[k].Pointer<double>() + start;
                    sums[i] = FixedOrder.Sum<double, FixedOrder.Product>(q, q, length);
                    break;
                default: throw NotSupported(tensors[k].DType);
            }
        });
        double all = 0;
        foreach (double sum in sums)
            all += sum;
        total.AsSpan<double>()[0] = all;
    }

    /// <summary>Calls body(k, start, length) on all threads for pieces that cover all tensors.</summary>
    static void ForPieces(Tensor[] tensors, Action<int, long, int> body)
    {
        (int Tensor, long Start)[] pieces = Pieces(tensors);
        CpuThreads.For(pieces.Length, i =>
            body(pieces[i].Tensor, pieces[i].Start, (int)Math.Min(FixedOrder.Piece, tensors[pieces[i].Tensor].Count - pieces[i].Start)));
    }

    static (int Tensor, long Start)[] Pieces(Tensor[] tensors)
    {
        List<(int, long)> pieces = [];
        for (int k = 0; k < tensors.Length; k++)
        {
            for (long start = 0; start < tensors[k].Count; start += FixedOrder.Piece)
                pieces.Add((k, start));
        }
        return [.. pieces];
    }

    /// <summary>New values of a piece, still in the cache, to the half copy and the average.</summary>
    static void PassOn(OptimizerSlot slot, long start, int length, double averageFraction)
    {
        if (slot.HalfCopy is { } half)
            Cast(slot.Value.Live.Pointer, slot.Value.DType, half.Live.Pointer, half.DType, start, length);
        if (slot.Average is { } average)
            MovePiece(average, slot.Value, averageFraction, start, length);
    }

    static void MovePiece(Tensor average, Tensor value, double fraction, long start, int length)
    {
        switch (average.DType)
        {
            case DType.F32: MovePiece<float>(average, value, (float)fraction, start, length); break;
            case DType.F64: MovePiece<double>(average, value, fraction, start, length); break;
            default: throw NotSupported(average.DType);
        }
    }

    static void AdamPiece<T>(OptimizerSlot slot, long start, int length, AdamStep step) where T : unmanaged, IFloatingPointIeee754<T>
    {
        T* p = slot.Value.Pointer<T>() + start, gradient = slot.Gradient.Pointer<T>() + start;
        T* m = slot.First!.Pointer<T>() + start, v = slot.Second!.Pointer<T>() + start;
        T beta1 = T.CreateTruncating(step.Beta1), rest1 = T.CreateTruncating(1 - step.Beta1);
        T beta2 = T.CreateTruncating(step.Beta2), rest2 = T.CreateTruncating(1 - step.Beta2);
        T l2 = T.CreateTruncating(step.L2), decay = T.CreateTruncating(step.Decay), size = T.CreateTruncating(step.StepSize);
        T rootScale = T.CreateTruncating(step.RootScale), epsilon = T.CreateTruncating(step.Epsilon);
        T scale = T.CreateTruncating(step.GradientScale);
        Vector<T> epsilons = new(epsilon);
        int width = Vector<T>.Count, i = 0;
        for (; i + width <= length; i += width)
        {
            Vector<T> value = Vector.Load(p + i), g = Vector.Load(gradient + i) * scale + value * l2;
            Vector<T> mean = Vector.Load(m + i) * beta1 + g * rest1, square = Vector.Load(v + i) * beta2 + g * g * rest2;
            mean.Store(m + i);
            square.Store(v + i);
            (value * decay - mean * size / (Vector.SquareRoot(square) * rootScale + epsilons)).Store(p + i);
        }
        for (; i < length; i++)
        {
            T g = gradient[i] * scale + p[i] * l2;
            m[i] = m[i] * beta1 + g * rest1;
            v[i] = v[i] * beta2 + g * g * rest2;
            p[i] = p[i] * decay - m[i] * size / (T.Sqrt(v[i]) * rootScale + epsilon);
        }
    }

    static void SgdPiece<T>(OptimizerSlot slot, long start, int length, SgdStep step) where T : unmanaged, IFloatingPointIeee754<T>
    {
        T* p = slot.Value.Pointer<T>() + start, gradient = slot.Gradient.Pointer<T>() + start;
        T* buffer = slot.First is null ? null : slot.First.Pointer<T>() + start;
        T rate = T.CreateTruncating(step.LearningRate), momentum = T.CreateTruncating(step.Momentum);
        T l2 = T.CreateTruncating(step.L2), scale = T.CreateTruncating(step.GradientScale);
        int width = Vector<T>.Count, i = 0;
        for (; i + width <= length; i += width)
        {
            Vector<T> value = Vector.Load(p + i), g = Vector.Load(gradient + i) * scale + value * l2;
            if (buffer is not null)
            {
                Vector<T> sum = Vector.Load(buffer + i) * momentum + g;
                sum.Store(buffer + i);
                g = step.Nesterov ? g + sum * momentum : sum;
            }
            (value - g * rate).Store(p + i);
        }
        for (; i < length; i++)
        {
            T g = gradient[i] * scale + p[i] * l2;
            if (buffer is not null)
            {
                buffer[i] = buffer[i] * momentum + g;
                g = step.Nesterov ? g + buffer[i] * momentum : buffer[i];
            }
            p[i] -= g * rate;
        }
    }

    static void MovePiece<T>(Tensor averages, Tensor values, T fraction, long start, int length)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T* average = averages.Pointer<T>() + start, value = values.Pointer<T>() + start;
        int width = Vector<T>.Count, i = 0;
        for (; i + width <= length; i += width)
            (Vector.Load(average + i) + (Vector.Load(value + i) - Vector.Load(average + i)) * fraction).Store(average + i);
        for (; i < length; i++)
            average[i] += (value[i] - average[i]) * fraction;
    }
}
