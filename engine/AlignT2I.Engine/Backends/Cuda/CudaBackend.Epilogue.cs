namespace AlignT2I.Engine.Backends.Cuda;

internal sealed partial class CudaBackend
{
    /// <summary>y = epilogue(y), for what a library left of it.</summary>
    void Finish(Epilogue epilogue, Tensor y)
    {
        if (epilogue.Bias is { } bias)
            AddBroadcast(y, bias, 1, y);
        if (epilogue.SampleBias is { } sampleBias)
            AddBroadcast(y, sampleBias, sampleBias.Shape[0], y);
        if (epilogue.Residual is { } residual)
            Add(y, residual, y);
        switch (epilogue.Activation)
        {
            case Activation.Silu: SiluForward(y, y); break;
            case Activation.Gelu: GeluForward(y, y); break;
            case Activation.GeluTanh: GeluTanhForward(y, y); break;
            case Activation.QuickGelu: QuickGeluForward(y, y); break;
            case Activation.Relu: ReluForward(y, y); break;
        }
    }
}
