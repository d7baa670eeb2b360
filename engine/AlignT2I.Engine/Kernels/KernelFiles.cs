using System.Collections.Frozen;
using System.Reflection;
using AlignT2I.Native;

namespace AlignT2I.Engine.Kernels;

/// <summary>The CUDA files embedded in this assembly: one .cu per family of operations, .cuh for what they share.</summary>
internal static class KernelFiles
{
    static readonly FrozenDictionary<string, string> texts = Read();

    static readonly FrozenDictionary<string, string> headers =
        texts.Where(f => f.Key.EndsWith(".cuh", StringComparison.Ordinal)).ToFrozenDictionary();

    /// <summary>Names of the kernel files, such as <c>group_norm.cu</c>.</summary>
    public static IEnumerable<string> Names =>
        texts.Keys.Where(name => name.EndsWith(".cu", StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    /// <summary>A kernel file with the headers it may include.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="defines">Macros that select the variant; the file's own comment names them.</param>
    public static KernelSource Source(string name, IReadOnlyList<string> defines) => new(name, texts[name], headers, defines);

    static FrozenDictionary<string, string> Read()
    {
        Assembly assembly = typeof(KernelFiles).Assembly;
        return assembly.GetManifestResourceNames().ToFrozenDictionary(name => name, name =>
        {
            using StreamReader reader = new(assembly.GetManifestResourceStream(name)!);
            return reader.ReadToEnd();
        });
    }
}
