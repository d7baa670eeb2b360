namespace AlignT2I.Engine;

/// <summary>An operation was given a tensor of a type that it does not take.</summary>
public sealed class DTypeException(string message) : ArgumentException(message);
