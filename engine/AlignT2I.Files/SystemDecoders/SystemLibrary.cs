using System.Reflection;
using System.Runtime.InteropServices;

namespace AlignT2I.Files;

/// <summary>Native libraries of the system, found under the versioned names that distributions give them.</summary>
/// <remarks>These bindings lie beside their decoders, as this project refers to no other.</remarks>
internal static class SystemLibrary
{
    static readonly Dictionary<string, nint> handles = [];

    static SystemLibrary() => NativeLibrary.SetDllImportResolver(typeof(SystemLibrary).Assembly, Resolve);

    /// <summary>Loads a library where it is not loaded yet; its functions can be called afterwards.</summary>
    /// <param name="name">The name in <c>LibraryImport</c>.</param>
    /// <param name="files">The names it may have on disk, the preferred first.</param>
    /// <param name="package">Where it comes from, for the message.</param>
    /// <exception cref="MissingLibraryException">None of the files can be loaded.</exception>
    public static void Require(string name, ReadOnlySpan<string> files, string package)
    {
        lock (handles)
        {
            if (handles.ContainsKey(name))
                return;
            foreach (string file in files)
            {
                if (NativeLibrary.TryLoad(file, out nint handle))
                {
                    handles[name] = handle;
                    return;
                }
            }
        }
        throw new MissingLibraryException($"the library {name} is not on this system (looked for {string.Join(", ", files)}); {package}");
    }

    static nint Resolve(string name, Assembly assembly, DllImportSearchPath? searchPath)
    {
        lock (handles)
            return handles.GetValueOrDefault(name);
    }
}
