namespace AlignT2I.WeightsConverter.Names;

/// <summary>Where a parameter lies in a file of another library, and how.</summary>
/// <param name="Name">Name of the tensor in that file.</param>
/// <param name="Shape">Shape of the tensor in that file: of as many elements, or of <paramref name="Parts"/> times as many.</param>
/// <param name="Transposed">Whether the matrix has rows and columns exchanged there.</param>
/// <param name="Part">Which block of rows the parameter is, where several share the tensor.</param>
/// <param name="Parts">How many parameters share the tensor.</param>
internal readonly record struct Place(string Name, IReadOnlyList<long> Shape, bool Transposed = false, int Part = 0, int Parts = 1);
