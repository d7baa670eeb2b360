namespace AlignT2I.Engine;

/// <summary>A device has not as much memory as an operation asks for; the message says what holds it and what to lower.</summary>
public sealed class DeviceMemoryException(string message) : Exception(message);
