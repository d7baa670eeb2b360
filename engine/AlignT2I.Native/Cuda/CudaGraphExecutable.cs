namespace AlignT2I.Native;

/// <summary>Recorded work that is ready to run.</summary>
/// <param name="Handle">The library's handle.</param>
public readonly record struct CudaGraphExecutable(nint Handle);
