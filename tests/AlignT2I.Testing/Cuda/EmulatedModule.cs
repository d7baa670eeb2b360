namespace AlignT2I.Testing;

/// <summary>A loaded kernel file.</summary>
internal sealed unsafe class EmulatedModule(EmulatedKernel* kernels)
{
    /// <summary>Its kernels; the last entry has no name.</summary>
    public EmulatedKernel* Kernels => kernels;
}
