using System.Runtime.InteropServices;
using AlignT2I.Testing;

namespace AlignT2I.Native.Tests;

/// <summary>
/// Libraries with the names and functions of CUDA's that compute on the CPU, in a folder that ALIGNT2I_CUDA_PATH names: the bindings are
/// tested as they are, down to the search for the files.
/// </summary>
[SetUpFixture]
internal sealed class StandInLibraries
{
    static readonly Dictionary<string, string> files = new()
    {
        ["cuda.cpp"] = "libcuda.so.1",
        ["cublasLt.cpp"] = "libcublasLt.so.13",
        ["cudnn.cpp"] = "libcudnn.so.9",
        ["nccl.cpp"] = "libnccl.so.2",
    };

    public static string Folder { get; } = Path.Combine(Path.GetTempPath(), $"align-native-tests-{Environment.ProcessId}");

    [OneTimeSetUp]
    public void Build()
    {
        CppCompiler.Require();
        string sources = Path.Combine(Golden.Root, "tests", "AlignT2I.Native.Tests", "StandIns");
        Directory.CreateDirectory(Folder);
        string numbers = File.ReadAllText(Path.Combine(sources, "numbers.h"));
        foreach ((string source, string library) in files)
        {
            string built = CppCompiler.Cached(library, numbers + File.ReadAllText(Path.Combine(sources, source)), output =>
                CppCompiler.Run(["-std=c++17", "-O2", "-fPIC", "-shared", "-Wall", "-Wextra", "-Werror", "-o", output, source], sources));
            File.Copy(built, Path.Combine(Folder, library), overwrite: true);
        }

        string elsewhere = Path.Combine(Folder, "not-there");
        Environment.SetEnvironmentVariable("ALIGNT2I_CUDA_PATH", elsewhere + Path.PathSeparator + Folder);
    }

    [OneTimeTearDown]
    public void Remove()
    {
        if (Directory.Exists(Folder))
            Directory.Delete(Folder, recursive: true);
    }

    /// <summary>A variable of a stand-in.</summary>
    public static unsafe T* Variable<T>(string library, string name) where T : unmanaged =>
        (T*)NativeLibrary.GetExport(NativeLibrary.Load(Path.Combine(Folder, library)), name);
}
