namespace AlignT2I.WeightsConverter.Names;

/// <summary>A library's names: where its files have a parameter. One table serves both directions.</summary>
/// <param name="name">The parameter's name in diffusers or transformers.</param>
/// <param name="shape">Its shape there.</param>
internal delegate Place Naming(string name, IReadOnlyList<long> shape);
