namespace AlignT2I.Native;

/// <summary>A device's primary context.</summary>
/// <param name="Handle">The library's handle.</param>
public readonly record struct CudaContext(nint Handle);
