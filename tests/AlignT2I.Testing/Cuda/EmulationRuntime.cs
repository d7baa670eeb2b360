using System.Runtime.InteropServices;

namespace AlignT2I.Testing;

/// <summary>The runtime that executes compiled kernels (tests/cuda-emulation/runtime.cpp): one for the process.</summary>
internal sealed unsafe class EmulationRuntime
{
    /// <summary>Addresses are never given twice, so there are many; pages that nothing touches cost nothing.</summary>
    const long ArenaBytes = 64L << 30;

    /// <summary>The start of the arena is the blocks' dynamic shared memory.</summary>
    const long DynamicSharedBytes = 256 << 10;

    static readonly Lazy<EmulationRuntime> instance = new(() => new EmulationRuntime());

    readonly Lock gate = new();
    readonly Dictionary<string, nint> modules = [];
    readonly nint library;
    readonly byte* arena, shadow;
    readonly delegate* unmanaged<EmulatedKernel*, void**, EmulatedIndex, EmulatedIndex, int, EmulatedFault*, int> run;
    readonly delegate* unmanaged<void*, void*, void> register;
    readonly delegate* unmanaged<void*, ulong, void> release;
    long used = DynamicSharedBytes;

    EmulationRuntime()
    {
        library = NativeLibrary.Load(EmulationCompiler.Runtime());
        run = (delegate* unmanaged<EmulatedKernel*, void**, EmulatedIndex, EmulatedIndex, int, EmulatedFault*, int>)
            Export("emulation_run");
        register = (delegate* unmanaged<void*, void*, void>)Export("emulation_register");
        release = (delegate* unmanaged<void*, ulong, void>)Export("emulation_release");
        var start = (delegate* unmanaged<ulong, byte**, byte*>)Export("emulation_start");
        byte* states;
        arena = start((ulong)ArenaBytes, &states);
        if (arena == null)
            throw new EmulationException("the system refuses address space for the emulated device.");
        shadow = states;
    }

    public static EmulationRuntime Instance => instance.Value;

    /// <summary>Fresh addresses, aligned to 256 bytes, at least 256 bytes from any others.</summary>
    public nint Reserve(long bytes)
    {
        lock (gate)
        {
            long start = used;
            used = (used + bytes + 511) / 256 * 256;
            if (used > ArenaBytes)
            {
                throw new EmulationException(
                    $"all {ArenaBytes >> 30} GB of addresses of the emulated device are used up; run fewer tests in one process.");
            }

            return (nint)(arena + start);
        }
    }

    /// <summary>Gives pages back to the system; the addresses stay used.</summary>
    public void Release(nint address, long bytes) => release((void*)address, (ulong)bytes);

    /// <summary>State of each byte of a range of device memory.</summary>
    public Span<byte> States(nint address, long bytes) => new(shadow + ((byte*)address - arena), checked((int)bytes));

    /// <summary>Loads a compiled kernel file.</summary>
    /// <returns>Its table of kernels; the last one has no name.</returns>
    public EmulatedKernel* Load(string path)
    {
        lock (gate)
        {
            if (!modules.TryGetValue(path, out nint table))
            {
                table = NativeLibrary.GetExport(NativeLibrary.Load(path), "emulated_kernels");
                register((void*)table, (void*)table);
                modules.Add(path, table);
            }

            return (EmulatedKernel*)table;
        }
    }

    /// <summary>Runs a kernel to its end or its first fault.</summary>
    public bool Run(
        EmulatedKernel* kernel, void** parameters, EmulatedIndex grid, EmulatedIndex block, int dynamicShared, out EmulatedFault fault)
    {
        lock (gate)
        {
            EmulatedFault result = default;
            bool faulty = run(kernel, parameters, grid, block, dynamicShared, &result) != 0;
            fault = result;
            return !faulty;
        }
    }

    nint Export(string name) => NativeLibrary.GetExport(library, name);
}
