namespace AlignT2I.Native;

/// <summary>Compiled kernels that are loaded into a context.</summary>
/// <param name="Handle">The library's handle.</param>
public readonly record struct CudaModule(nint Handle);
