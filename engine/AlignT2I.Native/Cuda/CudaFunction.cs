namespace AlignT2I.Native;

/// <summary>One kernel of a module.</summary>
/// <param name="Handle">The library's handle.</param>
public readonly record struct CudaFunction(nint Handle);
