namespace AlignT2I.Native;

/// <summary>A library or device that the command needs is not on this machine. Programs end with exit code 3.</summary>
/// <param name="message">What was looked for, where, and how to install it.</param>
public sealed class MissingLibraryException(string message) : Exception(message);
