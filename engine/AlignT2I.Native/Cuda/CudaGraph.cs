namespace AlignT2I.Native;

/// <summary>Recorded work.</summary>
/// <param name="Handle">The library's handle.</param>
public readonly record struct CudaGraph(nint Handle);
