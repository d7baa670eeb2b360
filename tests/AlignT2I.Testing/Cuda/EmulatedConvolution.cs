using AlignT2I.Engine;
using AlignT2I.Engine.Backends.Cpu;
using AlignT2I.Native;

namespace AlignT2I.Testing;

/// <summary>One convolution of the emulated device.</summary>
internal sealed unsafe class EmulatedConvolution(EmulatedDriver driver, ConvolutionKey key, string engine)
    : EmulatedPlan(driver), IConvolutionPlan
{
    const string Name = "cudnnBackendExecute";

    readonly ConvolutionShape shape = new(
        key.Images, key.Height, key.Width, key.Channels, key.Filters, key.KernelHeight, key.KernelWidth, key.Stride,
        new Padding2d(key.Top, key.Bottom, key.Left, key.Right));

    public string Engine => engine;

    public void Run(in ConvolutionOperands operands, nint workspace, CudaStream stream)
    {
        ConvolutionOperands given = operands;
        Enqueue(Name, workspace, stream, () => Compute(given));
    }

    void Compute(ConvolutionOperands o)
    {
        long images = (long)shape.N * shape.H * shape.W * shape.C, results = (long)shape.N * shape.OH * shape.OW * shape.O;
        (long first, long second, long result) = key.Pass switch
        {
            ConvolutionPass.Forward => (images, shape.WeightCount, results),
            ConvolutionPass.BackwardData => (results, shape.WeightCount, images),
            _ => (images, results, shape.WeightCount),
        };
        float[] a = Read(o.First, first), b = Read(o.Second, second), y = new float[result];
        float[]? bias = key.Bias ? EmulatedArray.Read(Memory, o.Bias, key.ResultType, shape.O, Name) : null;
        fixed (float* pa = a, pb = b, py = y, pbias = bias)
        {
            switch (key.Pass)
            {
                case ConvolutionPass.Forward:
                    Convolution<float>.Forward(shape, pa, pb, null, new() { Columns = shape.O, Bias = pbias }, py);
                    break;
                case ConvolutionPass.BackwardData: Convolution<float>.BackwardData(shape, pa, pb, null, py); break;
                default: Convolution<float>.BackwardWeight(shape, pa, pb, py); break;
            }
        }

        EmulatedArray.Write(Memory, o.Result, key.ResultType, y, Name);
    }

    float[] Read(nint pointer, long count)
    {
        float[] values = EmulatedArray.Read(Memory, pointer, key.Type, count, Name);
        return key.TensorFloat32 && key.Type == NativeType.Float32 ? EmulatedArray.ToTensorFloat32(values) : values;
    }
}
