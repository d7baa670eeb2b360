namespace AlignT2I.Testing;

/// <summary>A kernel of a compiled file, as the runtime describes it (struct Kernel in abi.h).</summary>
internal unsafe struct EmulatedKernel
{
    public byte* Name;
    public int ParameterCount;
    public int* ParameterSizes;
    public void* Call;
    public int MaxThreads;
}
