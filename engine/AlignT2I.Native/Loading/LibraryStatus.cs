namespace AlignT2I.Native;

/// <summary>What was found of a library.</summary>
/// <param name="Library">What people call it.</param>
/// <param name="Version">The version it says it has; null where it is not there or does not work.</param>
/// <param name="Path">The file; null where it is not there.</param>
/// <param name="Missing">What was looked for, where, and how to install it; null where all is well.</param>
public sealed record LibraryStatus(string Library, string? Version, string? Path, string? Missing);
