using System.Reflection;
using System.Runtime.InteropServices;

namespace AlignT2I.Native;

/// <summary>Finds libraries by versioned names: in the folders of their variable, as the system does, where toolkits are.</summary>
internal static class LibraryLoader
{
    static readonly Lock gate = new();
    static readonly Dictionary<string, LoadedLibrary> loaded = [];

    static LibraryLoader() => NativeLibrary.SetDllImportResolver(typeof(LibraryLoader).Assembly, Resolve);

    /// <summary>The newest CUDA that the driver can run, once the driver is there; newer libraries are passed over.</summary>
    public static int? DriverMajor { get; set; }

    /// <summary>Loads a library, once for the process.</summary>
    /// <exception cref="CudaUnavailableException">It is under none of its names in any of the places.</exception>
    public static LoadedLibrary Load(SharedLibrary library) => TryLoad(library) ?? throw new CudaUnavailableException(Describe(library));

    /// <summary>Loads a library; null where it is not there.</summary>
    public static LoadedLibrary? TryLoad(SharedLibrary library)
    {
        lock (gate)
        {
            if (loaded.TryGetValue(library.Name, out LoadedLibrary? found))
                return found;
            foreach (SharedLibrary needed in library.Needs)
                TryLoad(needed);
            found = Places(library).SelectMany(folder => Candidates(library).Select(version => Open(library, version, folder)))
                .FirstOrDefault(l => l is not null);
            if (found is not null)
                loaded.Add(library.Name, found);
            return found;
        }
    }

    /// <summary>What was looked for and where, and how to install it.</summary>
    public static string Describe(SharedLibrary library)
    {
        string names = string.Join(", ", Candidates(library).Select(v => v.FileName));
        string places = string.Join(", ", Places(library).Select(p => p.Length == 0 ? "the system's library path" : p));
        return $"{library.Title} was not found: looked for {names} in {places}. {library.Install}";
    }

    static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) =>
        SharedLibraries.All.FirstOrDefault(l => l.Name == name) is { } library ? Load(library).Handle : 0;

    static IEnumerable<LibraryVersion> Candidates(SharedLibrary library) =>
        library.Versions.Where(v => !library.FollowsDriver || DriverMajor is null || v.Major <= DriverMajor);

    /// <summary>Folders to look in; the empty one stands for the system's own search.</summary>
    static IEnumerable<string> Places(SharedLibrary library)
    {
        foreach (string folder in (Environment.GetEnvironmentVariable(library.PathVariable) ?? "").Split(Path.PathSeparator))
        {
            if (folder.Length > 0)
                yield return folder;
        }

        yield return "";
        foreach (string variable in (string[])["CUDA_PATH", "CUDA_HOME"])
        {
            if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } toolkit)
                yield return Path.Combine(toolkit, OperatingSystem.IsWindows() ? "bin" : "lib64");
        }

        if (!OperatingSystem.IsWindows())
            yield return "/usr/local/cuda/lib64";
    }

    static LoadedLibrary? Open(SharedLibrary library, LibraryVersion version, string folder)
    {
        string path = Path.Combine(folder, version.FileName);
        if (folder.Length > 0)
        {
            if (!File.Exists(path))
                return null;
            LoadCompanions(library, folder);
        }

        return NativeLibrary.TryLoad(path, out nint handle) ? new LoadedLibrary(handle, version, folder) : null;
    }

    /// <summary>A library that loads others by bare name finds them where they are already in memory.</summary>
    static void LoadCompanions(SharedLibrary library, string folder)
    {
        foreach (string start in library.Companions)
        {
            foreach (string file in Directory.EnumerateFiles(folder, start + "*").Order(StringComparer.Ordinal))
                NativeLibrary.TryLoad(Path.GetFullPath(file), out _);
        }
    }
}
