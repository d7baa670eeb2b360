namespace AlignT2I.Native;

/// <summary>A queue of work; the default value is the context's own stream.</summary>
/// <param name="Handle">The library's handle.</param>
public readonly record struct CudaStream(nint Handle);
