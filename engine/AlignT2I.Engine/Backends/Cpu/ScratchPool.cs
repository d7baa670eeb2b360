namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>The pool behind <see cref="Scratch{T}"/>, apart from the tensors' so that their counts of live bytes stay their own.</summary>
internal static class ScratchPool
{
    public static CpuMemoryPool Shared { get; } = new();
}
