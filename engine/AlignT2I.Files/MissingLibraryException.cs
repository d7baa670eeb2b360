namespace AlignT2I.Files;

/// <summary>A native library that the work needs is not on this system. Programs end with exit code 3.</summary>
/// <param name="message">What is missing, what for, and which package brings it.</param>
public sealed class MissingLibraryException(string message) : Exception(message);
