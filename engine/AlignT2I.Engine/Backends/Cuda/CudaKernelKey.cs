namespace AlignT2I.Engine.Backends.Cuda;

/// <summary>A kernel of a variant of a file.</summary>
/// <param name="File">Such as <c>group_norm.cu</c>.</param>
/// <param name="First">First macro of the variant, such as <c>SCALAR_BF16</c>; empty for none.</param>
/// <param name="Second">Second macro, such as <c>COLUMNS=5</c>; empty for none.</param>
/// <param name="Name">The kernel.</param>
internal readonly record struct CudaKernelKey(string File, string First, string Second, string Name);
