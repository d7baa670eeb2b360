namespace AlignT2I.Bench;

/// <summary>A case that can be asked for, and how it is made when it is.</summary>
internal sealed record NamedCase(string Name, Func<BenchCase> Make);
