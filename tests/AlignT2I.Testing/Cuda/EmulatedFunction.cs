using System.Diagnostics;
using AlignT2I.Native;

namespace AlignT2I.Testing;

/// <summary>A kernel, and what a launch of it must be.</summary>
internal sealed unsafe class EmulatedFunction(EmulatedModule module, EmulatedKernel* kernel, string name)
{
    const int MaxThreads = 1024, MaxGridYZ = 65535;

    public EmulatedModule Module => module;

    public EmulatedKernel* Kernel => kernel;

    public string Name => name;

    public int MaxDynamicSharedMemory { get; set; } = 48 << 10;

    /// <summary>Fails unless grid, block and arguments are what the kernel takes.</summary>
    public void Check(in LaunchShape shape, ReadOnlySpan<KernelArg> arguments)
    {
        long threads = (long)shape.BlockX * shape.BlockY * shape.BlockZ;
        int most = Math.Min(MaxThreads, kernel->MaxThreads);
        if (shape.BlockX < 1 || shape.BlockY < 1 || shape.BlockZ is < 1 or > 64 || threads > most)
            throw new EmulationException($"{name} is launched with {threads} threads in a block; it takes 1 to {most}.");
        if (shape.GridX < 1 || shape.GridY is < 1 or > MaxGridYZ || shape.GridZ is < 1 or > MaxGridYZ)
            throw new EmulationException($"{name} is launched with a grid of {shape.GridX} x {shape.GridY} x {shape.GridZ} blocks.");
        if (shape.DynamicSharedMemory < 0 || shape.DynamicSharedMemory > MaxDynamicSharedMemory)
        {
            throw new EmulationException(
                $"{name} is launched with {shape.DynamicSharedMemory} bytes of dynamic shared memory; "
                + $"it may have {MaxDynamicSharedMemory}.");
        }

        if (arguments.Length != kernel->ParameterCount)
        {
            throw new EmulationException(
                $"{name} is launched with {arguments.Length} arguments; it has {kernel->ParameterCount} parameters.");
        }

        for (int i = 0; i < arguments.Length; i++)
        {
            if (arguments[i].Size != kernel->ParameterSizes[i])
            {
                throw new EmulationException(
                    $"{name} is launched with an argument {i} of {arguments[i].Size} bytes; "
                    + $"the parameter has {kernel->ParameterSizes[i]}.");
            }
        }
    }

    /// <summary>Source line of an instruction, as <c>, at file:line</c>; nothing where addr2line is absent.</summary>
    public string Line(nint code)
    {
        ProcessModule? file = Process.GetCurrentProcess().Modules.Cast<ProcessModule>()
            .FirstOrDefault(m => code >= m.BaseAddress && code < m.BaseAddress + m.ModuleMemorySize);
        if (file is null || !File.Exists("/usr/bin/addr2line"))
            return "";
        string[] arguments = ["-e", file.FileName, $"0x{code - file.BaseAddress - 1:x}"];
        ProcessStartInfo start = new("/usr/bin/addr2line", arguments) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        string line = process.StandardOutput.ReadToEnd().Trim();
        return line.StartsWith('?') ? "" : $", at {Path.GetFileName(line)}";
    }
}
