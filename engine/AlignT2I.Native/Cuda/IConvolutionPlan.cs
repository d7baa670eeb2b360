namespace AlignT2I.Native;

/// <summary>A convolution that is ready to run.</summary>
public interface IConvolutionPlan : IDisposable
{
    /// <summary>The engine that the plan uses; gives the same plan again on the same device and version.</summary>
    string Engine { get; }

    /// <summary>Bytes of scratch memory that a run needs, aligned to 256.</summary>
    long WorkspaceBytes { get; }

    /// <summary>Queues the convolution.</summary>
    /// <param name="operands">Pointers.</param>
    /// <param name="workspace">Scratch memory of <see cref="WorkspaceBytes"/>; 0 where that is 0.</param>
    /// <param name="stream">Where.</param>
    void Run(in ConvolutionOperands operands, nint workspace, CudaStream stream);
}
