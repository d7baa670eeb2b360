using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace AlignT2I.Native;

/// <summary>NVRTC itself.</summary>
public sealed unsafe class NativeNvrtc : INvrtc
{
    const int Success = 0, CompilationError = 6;

    /// <summary>Finds the library.</summary>
    /// <exception cref="CudaUnavailableException">It is not on this machine.</exception>
    public NativeNvrtc()
    {
        LibraryLoader.Load(SharedLibraries.Nvrtc);
        Check(NvrtcApi.nvrtcVersion(out int major, out int minor));
        Version = new Version(major, minor);
        Check(NvrtcApi.nvrtcGetNumSupportedArchs(out int count));
        int[] architectures = new int[count];
        fixed (int* first = architectures)
            Check(NvrtcApi.nvrtcGetSupportedArchs(first));
        Array.Sort(architectures);
        Architectures = architectures;
    }

    /// <inheritdoc/>
    public Version Version { get; }

    /// <inheritdoc/>
    public IReadOnlyList<int> Architectures { get; }

    /// <inheritdoc/>
    public byte[] Compile(KernelSource source, int architecture)
    {
        bool machineCode = Architectures.Contains(architecture);
        int newest = Architectures.LastOrDefault(a => a <= architecture);
        string target = machineCode ? $"sm_{architecture}" : $"compute_{newest}";
        using Utf8Strings texts = new([source.Text, source.Name]);
        using Utf8Strings headers = new(source.Headers.Values), names = new(source.Headers.Keys);
        // No --generate-line-info: with it, version 11.8 recurses without end on some kernels for sm_90.
        using Utf8Strings options = new(
            [$"--gpu-architecture={target}", "--std=c++17", .. source.Defines.Select(d => $"--define-macro={d}")]);
        Check(NvrtcApi.nvrtcCreateProgram(
            out nint program, texts.Pointers[0], texts.Pointers[1], headers.Count, headers.Pointers, names.Pointers));
        try
        {
            int result = NvrtcApi.nvrtcCompileProgram(program, options.Count, options.Pointers);
            if (result == CompilationError)
                throw new KernelCompilationException($"{source.Name} ({string.Join(", ", [.. source.Defines, target])})", Log(program));
            Check(result, "nvrtcCompileProgram");
            return machineCode ? MachineCode(program) : Ptx(program);
        }
        finally
        {
            NvrtcApi.nvrtcDestroyProgram(ref program);
        }
    }

    static byte[] MachineCode(nint program)
    {
        Check(NvrtcApi.nvrtcGetCUBINSize(program, out nuint bytes));
        byte[] image = new byte[bytes];
        fixed (byte* first = image)
            Check(NvrtcApi.nvrtcGetCUBIN(program, first));
        return image;
    }

    static byte[] Ptx(nint program)
    {
        Check(NvrtcApi.nvrtcGetPTXSize(program, out nuint bytes));
        byte[] text = new byte[bytes];
        fixed (byte* first = text)
            Check(NvrtcApi.nvrtcGetPTX(program, first));
        return text;
    }

    static string Log(nint program)
    {
        Check(NvrtcApi.nvrtcGetProgramLogSize(program, out nuint bytes));
        byte[] text = new byte[bytes];
        fixed (byte* first = text)
            Check(NvrtcApi.nvrtcGetProgramLog(program, first));
        return Encoding.UTF8.GetString(text).TrimEnd('\0');
    }

    static void Check(int result, [CallerArgumentExpression(nameof(result))] string call = "")
    {
        if (result == Success)
            return;
        string name = Marshal.PtrToStringUTF8((nint)NvrtcApi.nvrtcGetErrorString(result)) ?? "unknown";
        throw new CudaException(call.Split('(')[0], result, name, "the compiler itself failed");
    }
}
