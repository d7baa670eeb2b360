namespace AlignT2I.Native;

/// <summary>A library in memory.</summary>
/// <param name="Handle">The system's handle.</param>
/// <param name="Version">Which of the names it was found under.</param>
/// <param name="Folder">The folder it was found in; empty where the system's own search found it.</param>
internal sealed record LoadedLibrary(nint Handle, LibraryVersion Version, string Folder);
