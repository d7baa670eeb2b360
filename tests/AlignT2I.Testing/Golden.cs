using AlignT2I.Engine;
using AlignT2I.Models.Parity;
using NUnit.Framework;

namespace AlignT2I.Testing;

/// <summary>Recorded reference cases: the small ones are in tests/goldens, others in ../shared/goldens beside the repository.</summary>
public static class Golden
{
    /// <summary>The repository's root.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Path of a case; skips the test where it is in neither place.</summary>
    /// <param name="name">Folder and name without ending, such as <c>unet/tiny-a</c>, or with another ending than .safetensors.</param>
    public static string Path(string name)
    {
        string file = System.IO.Path.HasExtension(name) ? name : name + ".safetensors";
        string committed = System.IO.Path.Combine(Root, "tests", "goldens", file);
        if (File.Exists(committed))
            return committed;
        string shared = SharedPath(file);
        if (!File.Exists(shared))
            Assert.Ignore($"The reference file {file} is not there; put the golden files in ../shared/goldens beside the repository.");
        return shared;
    }

    /// <summary>Path of a file in ../shared/goldens, whether it is there or not.</summary>
    /// <param name="file">Folder and name.</param>
    public static string SharedPath(string file) =>
        System.IO.Path.GetFullPath(System.IO.Path.Combine(Root, "..", "shared", "goldens", file));

    /// <summary>Runs a case as <c>align parity</c> does; fails unless every recorded result is within its limit.</summary>
    /// <param name="name">Folder and name without ending.</param>
    /// <param name="dtype">The type to compute in.</param>
    /// <param name="backend">What computes; null is the CPU.</param>
    public static void Check(string name, DType dtype = DType.F32, Backend? backend = null)
    {
        ParityReport report = ParityComponents.Run(Path(name), backend ?? Backend.Cpu, dtype);
        Assert.That(report.Comparisons, Is.Not.Empty, "the case has no results");
        IEnumerable<string> failures = report.Comparisons.Where(c => !c.Passed)
            .Select(c => $"{c.Tensor}: {c.Measure} limit {c.Limit:g3}, rel_l2 {c.RelativeL2:g3}, max_abs {c.MaxAbs:g3} {c.Note}");
        Assert.That(failures, Is.Empty, name);
    }

    static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder, "AlignT2I.sln")))
            folder = System.IO.Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("AlignT2I.sln is not above the test assembly.");
    }
}
