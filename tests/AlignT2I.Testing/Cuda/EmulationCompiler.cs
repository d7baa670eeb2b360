using System.Security.Cryptography;
using System.Text;
using AlignT2I.Native;

namespace AlignT2I.Testing;

/// <summary>Compiles the emulation's runtime, and kernels for it.</summary>
internal static class EmulationCompiler
{
    static readonly string[] runtimeOptions = ["-std=c++17", "-O2", "-fPIC", "-shared", "-Wall", "-Wextra", "-Werror"];

    /// <summary>The sanitizers' checks call functions of the runtime; no library of theirs is linked.</summary>
    static readonly string[] kernelOptions =
    [
        "-std=c++17", "-O1", "-g1", "-gdwarf-4", "-fPIC", "-shared", "-ffp-contract=off", "-Wall", "-Werror", "-Wno-unused-function",
        "-Wno-unknown-pragmas", "-Wno-sign-compare",
        "-fsanitize=kernel-address", "--param", "asan-globals=1", "--param", "asan-instrumentation-with-call-threshold=0",
        "-fsanitize=alignment,bounds,signed-integer-overflow,integer-divide-by-zero,shift,float-cast-overflow",
    ];

    /// <summary>Folder of the runtime's sources.</summary>
    public static string Sources { get; } = Path.Combine(Golden.Root, "tests", "cuda-emulation");

    /// <summary>A number that changes with the runtime's sources.</summary>
    public static int SourcesVersion { get; } = Fingerprint();

    /// <summary>The runtime as a shared library.</summary>
    public static string Runtime()
    {
        string source = Path.Combine(Sources, "runtime.cpp");
        return CppCompiler.Cached(
            "runtime", Key(File.ReadAllText(source)), output => CppCompiler.Run([.. runtimeOptions, "-o", output, source], Sources));
    }

    /// <summary>A kernel file as a shared library that refers to the runtime.</summary>
    /// <exception cref="KernelCompilationException">It does not compile.</exception>
    public static string Kernels(KernelSource source)
    {
        IEnumerable<string> headers = source.Headers.OrderBy(h => h.Key, StringComparer.Ordinal).Select(h => $"{h.Key}\0{h.Value}");
        string all = string.Join('\0', [source.Text, .. source.Defines, .. headers]);
        return CppCompiler.Cached(Path.GetFileNameWithoutExtension(source.Name), Key(all), output =>
        {
            string folder = output + ".sources";
            Directory.CreateDirectory(folder);
            try
            {
                foreach ((string name, string text) in source.Headers.Append(new(source.Name, source.Text)))
                    File.WriteAllText(Path.Combine(folder, name), text);
                string[] defines = [.. source.Defines.Select(d => $"-D{d}")];
                string preprocessed = CppCompiler.Run(["-E", "-x", "c++", .. defines, source.Name], folder);
                File.WriteAllText(Path.Combine(folder, "emulated.cpp"), EmulationSource.Wrap(preprocessed));
                CppCompiler.Run([.. kernelOptions, $"-I{Sources}", "-o", output, "emulated.cpp", Runtime()], folder);
            }
            catch (InvalidOperationException e)
            {
                throw new KernelCompilationException($"{source.Name} ({string.Join(", ", source.Defines)}, emulated)", e.Message);
            }
            finally
            {
                Directory.Delete(folder, recursive: true);
            }
        });
    }

    static string Key(string text) => $"{SourcesVersion}\0{text}";

    static int Fingerprint()
    {
        StringBuilder all = new(string.Join(' ', [.. runtimeOptions, .. kernelOptions, EmulationSource.Form]));
        foreach (string file in Directory.GetFiles(Sources).Order(StringComparer.Ordinal))
            all.Append(File.ReadAllText(file));
        return BitConverter.ToInt32(SHA256.HashData(Encoding.UTF8.GetBytes(all.ToString()))) & int.MaxValue;
    }
}
