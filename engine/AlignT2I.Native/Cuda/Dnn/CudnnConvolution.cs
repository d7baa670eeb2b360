namespace AlignT2I.Native;

/// <summary>A convolution of cuDNN.</summary>
internal sealed class CudnnConvolution(CudnnConvolutionGraph graph, CudnnPlan plan, string engine) : IConvolutionPlan
{
    public string Engine => engine;

    public long WorkspaceBytes => plan.WorkspaceBytes;

    public void Run(in ConvolutionOperands operands, nint workspace, CudaStream stream)
    {
        if (graph.Bias is { } bias)
        {
            plan.Run(
                stream, workspace, (graph.First, operands.First), (graph.Second, operands.Second), (graph.Result, operands.Result),
                (bias, operands.Bias));
        }
        else
        {
            plan.Run(stream, workspace, (graph.First, operands.First), (graph.Second, operands.Second), (graph.Result, operands.Result));
        }
    }

    public void Dispose() => graph.Dispose();
}
