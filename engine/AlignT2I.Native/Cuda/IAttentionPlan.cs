namespace AlignT2I.Native;

/// <summary>An attention pass that is ready to run.</summary>
public interface IAttentionPlan : IDisposable
{
    /// <summary>Bytes of scratch memory that a run needs, aligned to 256.</summary>
    long WorkspaceBytes { get; }

    /// <summary>Queues the pass.</summary>
    /// <param name="operands">Pointers.</param>
    /// <param name="workspace">Scratch memory of <see cref="WorkspaceBytes"/>; 0 where that is 0.</param>
    /// <param name="stream">Where.</param>
    void Run(in AttentionOperands operands, nint workspace, CudaStream stream);
}
