using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using AlignT2I.Native;
using NUnit.Framework;

namespace AlignT2I.Testing;

/// <summary>Compiles C++ with g++ and keeps the results by the hash of all that goes in.</summary>
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

    /// <summary>Folder of compiled files.</summary>
    public static string Cache { get; } = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), "align-cuda-emulation")).FullName;

    /// <summary>Folder of the runtime's sources.</summary>
    public static string Sources { get; } = Path.Combine(Golden.Root, "tests", "cuda-emulation");

    /// <summary>A number that changes with the runtime's sources.</summary>
    public static int SourcesVersion { get; } = Fingerprint();

    /// <summary>Skips the test where g++ is absent.</summary>
    public static void RequireCompiler()
    {
        if (!OperatingSystem.IsLinux() || System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture
            != System.Runtime.InteropServices.Architecture.X64)
            Assert.Ignore("The emulated CUDA device runs on x86-64 Linux.");
        if (!((string[])["/usr/bin/g++", "/usr/local/bin/g++"]).Any(File.Exists))
            Assert.Ignore("The emulated CUDA device compiles the kernels with g++, which is not there; install it (Debian: g++).");
    }

    /// <summary>The runtime as a shared library.</summary>
    public static string Runtime()
    {
        string source = Path.Combine(Sources, "runtime.cpp");
        return Cached("runtime", File.ReadAllText(source), output => Run([.. runtimeOptions, "-o", output, source], Sources));
    }

    /// <summary>A kernel file as a shared library that refers to the runtime.</summary>
    /// <exception cref="KernelCompilationException">It does not compile.</exception>
    public static string Kernels(KernelSource source)
    {
        IEnumerable<string> headers = source.Headers.OrderBy(h => h.Key, StringComparer.Ordinal).Select(h => $"{h.Key}\0{h.Value}");
        string all = string.Join('\0', [source.Text, .. source.Defines, .. headers]);
        return Cached(Path.GetFileNameWithoutExtension(source.Name), all, output =>
        {
            string folder = output + ".sources";
            Directory.CreateDirectory(folder);
            try
            {
                foreach ((string name, string text) in source.Headers.Append(new(source.Name, source.Text)))
                    File.WriteAllText(Path.Combine(folder, name), text);
                string[] defines = [.. source.Defines.Select(d => $"-D{d}")];
                string preprocessed = Run(["-E", "-x", "c++", .. defines, source.Name], folder);
                File.WriteAllText(Path.Combine(folder, "emulated.cpp"), EmulationSource.Wrap(preprocessed));
                Run([.. kernelOptions, $"-I{Sources}", "-o", output, "emulated.cpp", Runtime()], folder);
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

    static string Cached(string name, string key, Action<string> build)
    {
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{SourcesVersion}\0{name}\0{key}")))[..24];
        string path = Path.Combine(Cache, $"{name}-{hash}.so");
        if (File.Exists(path))
            return path;
        string temporary = $"{path}.{Environment.ProcessId}-{Environment.CurrentManagedThreadId}";
        build(temporary);
        File.Move(temporary, path, overwrite: true);
        return path;
    }

    /// <summary>Runs g++ and returns what it prints.</summary>
    static string Run(string[] arguments, string folder)
    {
        ProcessStartInfo start = new("g++", arguments)
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            WorkingDirectory = folder,
        };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException(errors.Result);
    }

    static int Fingerprint()
    {
        StringBuilder all = new(string.Join(' ', [.. runtimeOptions, .. kernelOptions, EmulationSource.Form]));
        foreach (string file in Directory.GetFiles(Sources).Order(StringComparer.Ordinal))
            all.Append(File.ReadAllText(file));
        return BitConverter.ToInt32(SHA256.HashData(Encoding.UTF8.GetBytes(all.ToString()))) & int.MaxValue;
    }
}
