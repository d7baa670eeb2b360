using System.Runtime.InteropServices;
using System.Security.Cryptography;
using AlignT2I.Native;

namespace AlignT2I.Testing;

/// <content>Modules and launches.</content>
internal sealed unsafe partial class EmulatedDriver
{
    const int MaxSharedMemory = 227 << 10, MaxSharedMemoryUnasked = 48 << 10;

    readonly HandleTable<EmulatedModule> modules = new("module");
    readonly Dictionary<nint, EmulatedFunction> functions = [];

    public CudaModule LoadModule(ReadOnlySpan<byte> image)
    {
        RefuseCapture("cuModuleLoadData");
        string path = Path.Combine(CppCompiler.Cache, $"{Convert.ToHexStringLower(SHA256.HashData(image))[..24]}.so");
        if (!File.Exists(path))
        {
            string temporary = $"{path}.{Environment.ProcessId}-{Environment.CurrentManagedThreadId}";
            File.WriteAllBytes(temporary, image);
            File.Move(temporary, path, overwrite: true);
        }

        return new CudaModule(modules.Add(new EmulatedModule(EmulationRuntime.Instance.Load(path))));
    }

    public void UnloadModule(CudaModule module)
    {
        EmulatedModule unloaded = modules.Remove(module.Handle);
        foreach (nint handle in functions.Where(f => f.Value.Module == unloaded).Select(f => f.Key).ToArray())
            functions.Remove(handle);
    }

    public CudaFunction Function(CudaModule module, string name)
    {
        EmulatedModule loaded = modules[module.Handle];
        for (EmulatedKernel* kernel = loaded.Kernels; kernel->Name != null; kernel++)
        {
            if (Marshal.PtrToStringUTF8((nint)kernel->Name) != name)
                continue;
            functions.TryAdd((nint)kernel, new EmulatedFunction(loaded, kernel, name));
            return new CudaFunction((nint)kernel);
        }

        throw new CudaException("cuModuleGetFunction", 500, "CUDA_ERROR_NOT_FOUND", $"there is no kernel {name}");
    }

    public void SetDynamicSharedMemory(CudaFunction function, int bytes)
    {
        if (bytes > MaxSharedMemory)
            throw new CudaException("cuFuncSetAttribute", 1, "CUDA_ERROR_INVALID_VALUE", $"{bytes} bytes of dynamic shared memory");
        Known(function).MaxDynamicSharedMemory = bytes;
    }

    /// <summary>Launches of kernels so far, those within graphs left out.</summary>
    public int KernelLaunches { get; private set; }

    public void Launch(CudaFunction function, in LaunchShape shape, ReadOnlySpan<KernelArg> arguments, CudaStream stream)
    {
        KernelLaunches++;
        EmulatedFunction f = Known(function);
        f.Check(shape, arguments);
        int bytes = 0;
        foreach (KernelArg argument in arguments)
            bytes += Padded(argument.Size);
        byte[] parameters = new byte[bytes];
        int[] offsets = new int[arguments.Length];
        Copy(arguments, parameters, offsets);
        LaunchShape copy = shape;
        Stream(stream).Add(f.Name, () => Run(f, copy, parameters, offsets));
    }

    static int Padded(int size) => (size + 15) / 16 * 16;

    static void Copy(ReadOnlySpan<KernelArg> arguments, byte[] parameters, int[] offsets)
    {
        int offset = 0;
        fixed (KernelArg* first = arguments)
        {
            for (int i = 0; i < arguments.Length; i++)
            {
                offsets[i] = offset;
                new ReadOnlySpan<byte>(KernelArg.Address(first + i), first[i].Size).CopyTo(parameters.AsSpan(offset));
                offset += Padded(first[i].Size);
            }
        }
    }

    void Run(EmulatedFunction f, LaunchShape shape, byte[] parameters, int[] offsets)
    {
        fixed (byte* block = parameters)
        {
            void** pointers = stackalloc void*[offsets.Length + 1];
            for (int i = 0; i < offsets.Length; i++)
                pointers[i] = block + offsets[i];
            EmulatedIndex grid = new((uint)shape.GridX, (uint)shape.GridY, (uint)shape.GridZ);
            EmulatedIndex threads = new((uint)shape.BlockX, (uint)shape.BlockY, (uint)shape.BlockZ);
            if (EmulationRuntime.Instance.Run(f.Kernel, pointers, grid, threads, shape.DynamicSharedMemory, out EmulatedFault fault))
                return;
            string where = fault.Address == 0 ? "" : $" ({fault.Bytes} bytes at 0x{fault.Address:x}: {memory.Near((nint)fault.Address)})";
            throw new EmulationException(
                $"{f.Name}<<<{grid}, {threads}>>> {Marshal.PtrToStringUTF8((nint)fault.Text)}{where}, " +
                $"in thread {fault.Thread} of block {fault.Block}{f.Line((nint)fault.Code)}.");
        }
    }

    EmulatedFunction Known(CudaFunction function) => functions.TryGetValue(function.Handle, out EmulatedFunction? f)
        ? f
        : throw new EmulationException($"a function of an unloaded module is used (0x{function.Handle:x}).");
}
