using System.Numerics;
using System.Numerics.Tensors;

namespace AlignT2I.Engine.Backends.Cpu;

internal sealed unsafe partial class CpuBackend
{
    internal override void MseForward(Tensor prediction, Tensor target, Tensor? sampleWeight, Tensor perSample, Tensor loss)
    {
        using HalfOperands operands = new();
        (prediction, target) = (operands.Read(prediction), operands.Read(target));
        switch (loss.DType)
        {
            case DType.F32: MseForward<float>(prediction, target, sampleWeight, perSample, loss); break;
            case DType.F64: MseForward<double>(prediction, target, sampleWeight, perSample, loss); break;
            default: throw NotSupported(loss.DType);
        }
    }

    internal override void MseBackward(Tensor prediction, Tensor target, Tensor? sampleWeight, Tensor dy, Tensor dprediction)
    {
        using HalfOperands operands = new();
        (prediction, target, dprediction) = (operands.Read(prediction), operands.Read(target), operands.Write(dprediction));
        switch (dy.DType)
        {
            case DType.F32: MseBackward<float>(prediction, target, sampleWeight, dy, dprediction); break;
            case DType.F64: MseBackward<double>(prediction, target, sampleWeight, dy, dprediction); break;
            default: throw NotSupported(dy.DType);
        }
    }

    internal override void CrossEntropyForward(Tensor logits, Tensor labels, Tensor probabilities, Tensor loss)
    {
        using HalfOperands operands = new();
        logits = operands.Read(logits);
        switch (loss.DType)
        {
            case DType.F32: CrossEntropyForward<float>(logits, labels.AsSpan<int>(), probabilities, loss); break;
            case DType.F64: CrossEntropyForward<double>(logits, labels.AsSpan<int>(), probabilities, loss); break;
            default: throw NotSupported(loss.DType);
        }
    }

    internal override void CrossEntropyBackward(Tensor probabilities, Tensor labels, Tensor dy, Tensor dlogits)
    {
        using HalfOperands operands = new();
        dlogits = operands.Write(dlogits);
        switch (dy.DType)
        {
            case DType.F32: CrossEntropyBackward<float>(probabilities, labels.AsSpan<int>(), dy, dlogits); break;
            case DType.F64: CrossEntropyBackward<double>(probabilities, labels.AsSpan<int>(), dy, dlogits); break;
            default: throw NotSupported(dy.DType);
        }
    }

    static void MseForward<T>(Tensor prediction, Tensor target, Tensor? sampleWeight, Tensor perSample, Tensor loss)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int samples = (int)perSample.Count;
        long size = samples == 0 ? 0 : prediction.Count / samples;
        double[] sums = FixedOrder.Rows<T, FixedOrder.SquaredDifference>(prediction.Pointer<T>(), target.Pointer<T>(), samples, size);
        Span<T> mean = perSample.AsSpan<T>();
        double total = 0;
        for (int n = 0; n < samples; n++)
        {
            mean[n] = T.CreateTruncating(sums[n] / size);
            total += sums[n] / size * (sampleWeight is null ? 1 : double.CreateTruncating(sampleWeight.AsSpan<T>()[n]));
        }
        loss.AsSpan<T>()[0] = T.CreateTruncating(total / samples);
    }

    static void MseBackward<T>(Tensor prediction, Tensor target, Tensor? sampleWeight, Tensor dy, Tensor dprediction)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T* p = prediction.Pointer<T>(), t = target.Pointer<T>(), result = dprediction.Pointer<T>();
        T* weight = sampleWeight is null ? null : sampleWeight.Pointer<T>();
        long count = prediction.Count, size = count / Math.Max(1, prediction.Shape[0]);
        double scale = 2.0 / count * double.CreateTruncating(dy.AsSpan<T>()[0]);
        ForRowPieces(count, size, (first, length) =>
        {
            Span<T> piece = new(result + first, length);
            TensorPrimitives.Subtract(new ReadOnlySpan<T>(p + first, length), new ReadOnlySpan<T>(t + first, length), piece);
            double factor = weight is null ? scale : scale * double.CreateTruncating(weight[first / size]);
            TensorPrimitives.Multiply(piece, T.CreateTruncating(factor), piece);
        });
    }

    static void CrossEntropyForward<T>(Tensor logits, ReadOnlySpan<int> labels, Tensor probabilities, Tensor loss)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int classes = logits.Shape[1];
        double total = 0;
        for (int n = 0; n < labels.Length; n++)
        {
            if ((uint)labels[n] >= (uint)classes)
                throw new ArgumentOutOfRangeException(
                    nameof(labels), labels[n], $"CrossEntropy: label {labels[n]} of sample {n} is none of the {classes} classes.");
            Span<T> x = logits.AsSpan<T>().Slice(n * classes, classes), y = probabilities.AsSpan<T>().Slice(n * classes, classes);
            double max = double.CreateTruncating(TensorPrimitives.Max<T>(x)), sum = 0;
            for (int c = 0; c < classes; c++)
                sum += Math.Exp(double.CreateTruncating(x[c]) - max);
            double logSum = max + Math.Log(sum);
            for (int c = 0; c < classes; c++)
                y[c] = T.CreateTruncating(Math.Exp(double.CreateTruncating(x[c]) - logSum));
            total += logSum - double.CreateTruncating(x[labels[n]]);
        }
        loss.AsSpan<T>()[0] = T.CreateTruncating(total / labels.Length);
    }

    static void CrossEntropyBackward<T>(Tensor probabilities, ReadOnlySpan<int> labels, Tensor dy, Tensor dlogits)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int classes = probabilities.Shape[1];
        T scale = T.CreateTruncating(double.CreateTruncating(dy.AsSpan<T>()[0]) / labels.Length);
        Span<T> result = dlogits.AsSpan<T>();
        probabilities.AsSpan<T>().CopyTo(result);
        for (int n = 0; n < labels.Length; n++)
            result[n * classes + labels[n]] -= T.One;
        TensorPrimitives.Multiply(result, scale, result);
    }
}
