namespace AlignT2I.WeightsConverter.Sources.Pickles;

/// <summary>What is wrong with a pickle, before the place in the file is known.</summary>
internal sealed class PickleException(string problem) : Exception(problem);
