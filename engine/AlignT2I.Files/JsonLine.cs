namespace AlignT2I.Files;

/// <summary>A value read from a JSON Lines file.</summary>
/// <typeparam name="T">What a line holds.</typeparam>
/// <param name="Line">Line number, from 1.</param>
/// <param name="Value">The value.</param>
public readonly record struct JsonLine<T>(int Line, T Value);
