using System.Globalization;
using AlignT2I.Engine.Kernels;
using AlignT2I.Native;

namespace AlignT2I.Engine.Backends.Cuda;

/// <summary>Compiled kernels: made at first use for the device at hand, kept on disk by source, architecture and compiler
/// version.</summary>
internal sealed class CudaKernels(CudaDevice device, INvrtc nvrtc, CudaCache cache) : IDisposable
{
    readonly Lock gate = new();
    readonly Dictionary<CudaKernelKey, CudaFunction> functions = [];
    readonly Dictionary<CudaKernelKey, CudaModule> modules = [];    // the key of a module has no name

    /// <summary>The kernel, compiled now if it was not before.</summary>
    public CudaFunction this[CudaKernelKey key]
    {
        get
        {
            lock (gate)
            {
                if (functions.TryGetValue(key, out CudaFunction function))
                    return function;
                CudaKernelKey variant = key with { Name = "" };
                if (!modules.TryGetValue(variant, out CudaModule module))
                    modules.Add(variant, module = device.Driver.LoadModule(Image(variant)));
                functions.Add(key, function = device.Driver.Function(module, key.Name));
                return function;
            }
        }
    }

    public void Dispose()
    {
        foreach (CudaModule module in modules.Values)
            device.Driver.UnloadModule(module);
    }

    byte[] Image(CudaKernelKey variant)
    {
        string[] defines = [.. new[] { variant.First, variant.Second }.Where(define => define.Length > 0)];
        KernelSource source = KernelFiles.Source(variant.File, defines);
        string name = CudaCache.Name(
            [
                source.Text, .. source.Headers.OrderBy(h => h.Key, StringComparer.Ordinal).Select(h => h.Value), .. defines,
                device.Architecture.ToString(CultureInfo.InvariantCulture), nvrtc.Version.ToString(),
            ],
            ".bin");
        if (cache.Read(name) is { } kept)
            return kept;
        byte[] image = nvrtc.Compile(source, device.Architecture);
        cache.Write(name, image);
        return image;
    }
}
