namespace AlignT2I.Engine;

/// <summary>An operation was given tensors whose shapes do not fit.</summary>
public sealed class ShapeException(string message) : ArgumentException(message);
