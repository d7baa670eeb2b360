namespace AlignT2I.Native;

/// <summary>MPI refused a call, or cannot be used as it was started.</summary>
/// <param name="message">The failing call and what MPI says of it.</param>
public sealed class MpiException(string message) : Exception(message);
