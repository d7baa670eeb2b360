namespace AlignT2I.Files.Tests;

/// <summary>Where the tests find the files they read.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>Reference files that are too large for the repository lie beside it.</summary>
    public static string SharedGoldens => Path.GetFullPath(Path.Combine(Root, "..", "shared", "goldens"));

    /// <summary>A path below tests/goldens.</summary>
    public static string Golden(params string[] parts) => Path.Combine([Root, "tests", "goldens", .. parts]);

    /// <summary>A path below ../shared/goldens; skips the test where that folder is absent.</summary>
    public static string Shared(params string[] parts)
    {
        string path = Path.Combine([SharedGoldens, .. parts]);
        if (!Path.Exists(path))
        {
            Assert.Ignore($"The reference file {Path.Combine(parts)} is not there; " +
                "put the golden files in ../shared/goldens beside the repository.");
        }
        return path;
    }

    static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "AlignT2I.sln")))
            folder = Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException("AlignT2I.sln is not above the test assembly.");
    }
}
