namespace AlignT2I.Native;

/// <summary>A library that is looked for when it is first needed.</summary>
/// <param name="Name">What the bindings call it.</param>
/// <param name="Title">What people call it.</param>
/// <param name="Versions">Its file names, newest version first.</param>
/// <param name="Install">How to get it; a sentence.</param>
public sealed record SharedLibrary(string Name, string Title, IReadOnlyList<LibraryVersion> Versions, string Install)
{
    /// <summary>Beginnings of the names of files beside it that it loads by itself, in the order of their dependencies.</summary>
    public IReadOnlyList<string> Companions { get; init; } = [];

    /// <summary>Libraries that it expects to find loaded.</summary>
    public IReadOnlyList<SharedLibrary> Needs { get; init; } = [];

    /// <summary>Variable with folders to look in before all others.</summary>
    public string PathVariable { get; init; } = "ALIGNT2I_CUDA_PATH";

    /// <summary>Whether the versions are those of CUDA, which must not be newer than the driver's.</summary>
    public bool FollowsDriver { get; init; }
}
