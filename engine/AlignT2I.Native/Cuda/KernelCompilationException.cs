namespace AlignT2I.Native;

/// <summary>A kernel file did not compile.</summary>
/// <param name="file">Name, variant and architecture, such as <c>group_norm.cu (SCALAR_BF16, sm_90)</c>.</param>
/// <param name="log">The compiler's words.</param>
public sealed class KernelCompilationException(string file, string log) : Exception($"{file} did not compile: {log.Trim()}");
