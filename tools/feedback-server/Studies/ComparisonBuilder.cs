using System.Net;
using AlignT2I.Feedback;

namespace AlignT2I.FeedbackServer.Studies;

/// <summary>Pairs the images of two sets by prompt.</summary>
internal static class ComparisonBuilder
{
    const int MostImages = 9;

    /// <summary>The prompts that both sets have enough images for.</summary>
    /// <param name="first">A set, as <see cref="RunImages.Sets"/> names it; likewise the second.</param>
    /// <param name="imagesPerPrompt">Images of each side: the first by id.</param>
    /// <exception cref="Refusal">A set is not there, or they have no prompt in common.</exception>
    public static IReadOnlyList<(string Prompt, string[] First, string[] Second)> Pairs(
        string runFolder, string first, string second, int imagesPerPrompt)
    {
        IReadOnlyList<string> sets = RunImages.Sets(runFolder);
        if (!sets.Contains(first) || !sets.Contains(second) || first == second)
            throw new Refusal(HttpStatusCode.BadRequest, "Choose two different sets of images that are in the run folder.");
        if (imagesPerPrompt is < 1 or > MostImages)
            throw new Refusal(HttpStatusCode.BadRequest, $"Each side shows 1 to {MostImages} images.");
        ILookup<string, string> firstImages = ByPrompt(runFolder, first), secondImages = ByPrompt(runFolder, second);
        (string Prompt, string[] First, string[] Second)[] pairs =
        [
            .. firstImages.Where(p => p.Count() >= imagesPerPrompt && secondImages[p.Key].Count() >= imagesPerPrompt)
                .Select(p => (p.Key, p.Take(imagesPerPrompt).ToArray(), secondImages[p.Key].Take(imagesPerPrompt).ToArray())),
        ];
        return pairs.Length > 0 ? pairs
            : throw new Refusal(HttpStatusCode.BadRequest,
                $"The sets have no prompt in common with {imagesPerPrompt} images on each side.");
    }

    static ILookup<string, string> ByPrompt(string runFolder, string set) =>
        ImageManifest.Read(Path.Combine(runFolder, set)).ToLookup(i => i.Text, i => set.Length == 0 ? i.File : $"{set}/{i.File}");
}
