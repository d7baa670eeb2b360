namespace AlignT2I.Native;

/// <summary>A mark in a stream.</summary>
/// <param name="Handle">The library's handle.</param>
public readonly record struct CudaEvent(nint Handle);
