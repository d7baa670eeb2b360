using System.Numerics.Tensors;
using AlignT2I.Files;
using AlignT2I.WeightsConverter.Streaming;

namespace AlignT2I.WeightsConverter.Lora;

/// <summary>
/// A weight with a low-rank change added: W + scale · up · down, computed in float64 and rounded once to the weight's type.
/// </summary>
internal sealed class MergedTensor(ModelTensor weight, LoraModule module, double scale)
    : ModelTensor(weight.Name, weight.DType, weight.Shape)
{
    public override void Read(Span<byte> destination)
    {
        weight.Read(destination);
        int rank = (int)module.Rank, rows = (int)module.Up.Shape[0], columns = (int)(module.Down.ElementCount / rank), size = DType.Size();
        double[] down = Values(module.Down), up = Values(module.Up);
        double[] row = new double[columns], change = new double[columns];
        for (int o = 0; o < rows; o++)
        {
            Array.Clear(change);
            for (int r = 0; r < rank; r++)
                TensorPrimitives.MultiplyAdd(down.AsSpan(r * columns, columns), up[o * rank + r], change, change);
            Span<byte> bytes = destination.Slice(o * columns * size, columns * size);
            FloatingPoint.Widen(bytes, DType, row);
            TensorPrimitives.MultiplyAdd(change, scale, row, row);
            FloatingPoint.Narrow(row, DType, bytes);
        }
    }

    static double[] Values(ModelTensor tensor)
    {
        using var bytes = new ScratchMemory(tensor.ByteCount);
        tensor.Read(bytes.Span);
        double[] values = new double[tensor.ElementCount];
        FloatingPoint.Widen(bytes.Span, tensor.DType, values);
        return values;
    }
}
