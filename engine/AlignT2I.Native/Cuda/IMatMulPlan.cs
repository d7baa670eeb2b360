namespace AlignT2I.Native;

/// <summary>A matrix product that is ready to run.</summary>
public interface IMatMulPlan : IDisposable
{
    /// <summary>Bytes of scratch memory that a run needs, aligned to 256.</summary>
    long WorkspaceBytes { get; }

    /// <summary>Queues the product.</summary>
    /// <param name="operands">Pointers and factors.</param>
    /// <param name="workspace">Scratch memory of <see cref="WorkspaceBytes"/>; 0 where that is 0.</param>
    /// <param name="stream">Where.</param>
    void Run(in MatMulOperands operands, nint workspace, CudaStream stream);
}
