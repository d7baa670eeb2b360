namespace AlignT2I.Native;

/// <summary>What a compilation of kernels depends on.</summary>
/// <param name="Name">File name, such as <c>group_norm.cu</c>: what the compiler's messages call it.</param>
/// <param name="Text">CUDA C++.</param>
/// <param name="Headers">What the text may include, by name.</param>
/// <param name="Defines">Macros, each <c>NAME</c> or <c>NAME=VALUE</c>.</param>
public sealed record KernelSource(string Name, string Text, IReadOnlyDictionary<string, string> Headers, IReadOnlyList<string> Defines);
