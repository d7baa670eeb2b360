using AlignT2I.Native;
using ManagedCuda.NVRTC;

namespace AlignT2I.ManagedCuda;

/// <summary>The compiler's seam over ManagedCuda's NVRTC.</summary>
public sealed class ManagedNvrtc : INvrtc
{
    /// <summary>Asks the library what it is.</summary>
    public ManagedNvrtc()
    {
        Version = CudaRuntimeCompiler.GetVersion();
        Architectures = [.. CudaRuntimeCompiler.GetSupportedArchs().Order()];
    }

    /// <inheritdoc/>
    public Version Version { get; }

    /// <inheritdoc/>
    public IReadOnlyList<int> Architectures { get; }

    /// <inheritdoc/>
    public byte[] Compile(KernelSource source, int architecture)
    {
        bool machineCode = Architectures.Contains(architecture);
        string target = machineCode ? $"sm_{architecture}" : $"compute_{Architectures.Last(a => a <= architecture)}";
        using CudaRuntimeCompiler compiler = new(source.Text, source.Name, [.. source.Headers.Values], [.. source.Headers.Keys]);
        try
        {
            compiler.Compile([$"--gpu-architecture={target}", "--std=c++17", .. source.Defines.Select(d => $"--define-macro={d}")]);
        }
        catch (NVRTCException e) when (e.NVRTCError == nvrtcResult.ErrorCompilation)
        {
            string variant = string.Join(", ", [.. source.Defines, target]);
            throw new KernelCompilationException($"{source.Name} ({variant})", compiler.GetLogAsString());
        }

        return machineCode ? compiler.GetCubin() : compiler.GetPTX();
    }
}
