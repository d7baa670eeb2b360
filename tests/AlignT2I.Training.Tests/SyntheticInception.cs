using AlignT2I.Engine;
using AlignT2I.Models.Inception;
using AlignT2I.Models.Parity;

namespace AlignT2I.Training.Tests;

/// <summary>The FID's Inception network, of its real size, with made-up weights.</summary>
internal static class SyntheticInception
{
    public static void Write(string path, SyntheticWeights weights)
    {
        using ParameterStore store = new(new SyntheticParameters(weights));
        _ = new InceptionV3(store.Root);
        ParameterFile.Save(path, store.Parameters);
    }
}
