using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using NUnit.Framework;

namespace AlignT2I.Testing;

/// <summary>Compiles C++ for tests with g++ and keeps the results by the hash of all that goes in.</summary>
public static class CppCompiler
{
    /// <summary>Folder of compiled files.</summary>
    public static string Cache { get; } = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), "align-cuda-emulation")).FullName;

    /// <summary>Skips the test where g++ is absent.</summary>
    public static void Require()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
            Assert.Ignore("The emulated CUDA device and the stand-ins for CUDA's libraries run on x86-64 Linux.");
        if (!((string[])["/usr/bin/g++", "/usr/local/bin/g++"]).Any(File.Exists))
            Assert.Ignore("The emulated CUDA device and the stand-ins for CUDA's libraries need g++; install it (Debian: g++).");
    }

    /// <summary>Path of a result, made now if it was not before.</summary>
    /// <param name="name">Beginning of the file's name.</param>
    /// <param name="key">All that the result depends on.</param>
    /// <param name="build">Makes it at the path given.</param>
    public static string Cached(string name, string key, Action<string> build)
    {
        string path = Path.Combine(Cache, $"{name}-{Hash(key)}.so");
        if (File.Exists(path))
            return path;
        string temporary = $"{path}.{Environment.ProcessId}-{Environment.CurrentManagedThreadId}";
        build(temporary);
        File.Move(temporary, path, overwrite: true);
        return path;
    }

    /// <summary>Runs g++ and returns what it prints.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message is the compiler's.</exception>
    public static string Run(string[] arguments, string folder)
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

    static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))[..24];
}
