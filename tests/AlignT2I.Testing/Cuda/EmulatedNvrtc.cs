using AlignT2I.Native;

namespace AlignT2I.Testing;

/// <summary>Compiles kernels as C++ for the emulated device.</summary>
internal sealed class EmulatedNvrtc : INvrtc
{
    /// <summary>No version of the real one; another whenever the emulation changes.</summary>
    public Version Version => new(0, 0, EmulationCompiler.SourcesVersion);

    public IReadOnlyList<int> Architectures => [90];

    public byte[] Compile(KernelSource source, int architecture) => File.ReadAllBytes(EmulationCompiler.Kernels(source));
}
