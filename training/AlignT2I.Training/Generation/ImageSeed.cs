using System.Globalization;
using AlignT2I.Engine;
using AlignT2I.Files;

namespace AlignT2I.Training.Generation;

/// <summary>
/// An image of a prompt: its seed is all that tells it from the prompt's others, and is written into its PNG. An image drawn from a seed
/// is diffusers' image of <c>torch.Generator("cpu").manual_seed(seed)</c>, whatever else is drawn beside it.
/// </summary>
/// <param name="Name">What follows the prompt's id in the file's name.</param>
/// <param name="Seed">Seed of its noise.</param>
public readonly record struct ImageSeed(string Name, ulong Seed)
{
    const int MostImages = 10_000;

    /// <summary>Seeds that follow one another: seed, seed + 1, … for every prompt alike, and named by the seeds.
    /// What a person asks for.</summary>
    /// <param name="seed">Seed of the first image.</param>
    /// <param name="count">Number of images, 1 to 10,000.</param>
    /// <exception cref="UsageException">The number is out of range.</exception>
    public static IReadOnlyList<ImageSeed> Consecutive(ulong seed, int count)
    {
        Check(count);
        return
        [
            .. Enumerable.Range(0, count).Select(i => seed + (ulong)i)
                .Select(s => new ImageSeed(s.ToString(CultureInfo.InvariantCulture), s)),
        ];
    }

    /// <summary>Unrelated seeds for each prompt, and numbered: a data set whose prompts do not share their noise.</summary>
    /// <param name="seed">Seed of the data set.</param>
    /// <param name="promptId">The prompt's id.</param>
    /// <param name="count">Number of images, 1 to 10,000.</param>
    /// <exception cref="UsageException">The number is out of range.</exception>
    public static IReadOnlyList<ImageSeed> Unrelated(ulong seed, string promptId, int count)
    {
        Check(count);
        return
        [
            .. Enumerable.Range(0, count)
                .Select(i => new ImageSeed(i.ToString("D4", CultureInfo.InvariantCulture), Hash(seed, promptId, i))),
        ];
    }

    /// <summary>32 bits, as many as PyTorch's generator takes, from a hash of the data set's seed, the prompt and the number.</summary>
    static ulong Hash(ulong seed, string promptId, int number)
    {
        ulong hash = Fnv1a.Hash(string.Create(CultureInfo.InvariantCulture, $"{seed}/{promptId}/{number}"));
        hash ^= hash >> 33;
        hash *= 0xFF51AFD7ED558CCD;     // MurmurHash3's finalizer: FNV alone leaves neighbours alike
        return hash >> 32;
    }

    static void Check(int count)
    {
        if (count is < 1 or > MostImages)
            throw new UsageException($"generate: {count} images per prompt; expected 1 to {MostImages}.");
    }
}
