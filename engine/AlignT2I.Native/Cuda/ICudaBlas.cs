namespace AlignT2I.Native;

/// <summary>The seam of matrix products. Belongs to the context that is current when it is first asked.</summary>
public interface ICudaBlas : IDisposable
{
    /// <summary>Version of the library, part of every cache key.</summary>
    Version Version { get; }

    /// <summary>Whether the library has the epilogue <see cref="MatMulEpilogue.BiasGeluTanh"/>.</summary>
    bool FusesGelu { get; }

    /// <summary>Chooses an algorithm; the caller keeps the plan per key. The accumulator is float32 whatever the operands' type.</summary>
    /// <param name="key">The product.</param>
    /// <param name="maxWorkspaceBytes">Most scratch memory that the plan may ask for.</param>
    /// <exception cref="CudaException">No algorithm of the library does this product.</exception>
    IMatMulPlan Plan(in MatMulKey key, long maxWorkspaceBytes);
}
