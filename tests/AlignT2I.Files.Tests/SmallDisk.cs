using System.Diagnostics;

namespace AlignT2I.Files.Tests;

/// <summary>A file system of its own, small or read-only, for one test; the test is skipped where mounting is not permitted.</summary>
internal sealed class SmallDisk : IDisposable
{
    readonly TempFolder folder = new();

    SmallDisk()
    {
    }

    public string Path => folder.Path;

    public string this[string name] => folder[name];

    /// <summary>A disk of so many KiB.</summary>
    public static SmallDisk OfKiB(int size)
    {
        var disk = new SmallDisk();
        disk.Mount($"size={size}k");
        return disk;
    }

    /// <summary>From now on nothing can be written.</summary>
    public void MakeReadOnly() => Mount("remount,ro");

    void Mount(string options)
    {
        if (!OperatingSystem.IsLinux() || Run("mount", "-t", "tmpfs", "-o", options, "none", Path) != 0)
        {
            folder.Dispose();
            Assert.Ignore("A small file system cannot be mounted here; " +
                "run the tests as root on Linux to test a full and a read-only disk.");
        }
    }

    static int Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }

    public void Dispose()
    {
        Run("umount", Path);
        folder.Dispose();
    }
}
