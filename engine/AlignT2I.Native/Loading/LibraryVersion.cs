namespace AlignT2I.Native;

/// <summary>File names of one version of a library.</summary>
/// <param name="Major">The version that the names stand for; what is newer than the driver's is passed over.</param>
/// <param name="Linux">Name on Linux.</param>
/// <param name="Windows">Name on Windows.</param>
public sealed record LibraryVersion(int Major, string Linux, string Windows)
{
    /// <summary>Name on the system at hand.</summary>
    public string FileName => OperatingSystem.IsWindows() ? Windows : Linux;
}
