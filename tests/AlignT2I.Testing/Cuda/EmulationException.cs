namespace AlignT2I.Testing;

/// <summary>The emulated device was used in a way that a real one would not forgive, or not notice.</summary>
/// <param name="message">What was done, by whom, to what.</param>
public sealed class EmulationException(string message) : Exception(message);
