using AlignT2I.Training.Miniature;
using AlignT2I.Training.Prompts;

namespace AlignT2I.Training.Tests.Miniature;

public class WebCaptionTests
{
    const int Captions = 6000;

    [Test]
    public void Counts_colours_and_backgrounds_are_misstated_at_their_rates_and_objects_never()
    {
        int counts = 0, colors = 0, backgrounds = 0;
        HashSet<(WorldColor, WorldColor)> colorPairs = [];
        HashSet<(WorldBackground, WorldBackground)> backgroundPairs = [];
        HashSet<int> differences = [];
        for (int seed = 0; seed < Captions; seed++)
        {
            ScenePrompt truth = Truth(seed);
            ScenePrompt web = WebCaption.Of(truth, (ulong)seed);
            Assert.That(web.Object, Is.EqualTo(truth.Object));
            Assert.That(web.Count, Is.InRange(2, 5));
            counts += web.Count == truth.Count ? 0 : 1;
            colors += web.Color == truth.Color ? 0 : 1;
            backgrounds += web.Background == truth.Background ? 0 : 1;
            differences.Add(web.Count!.Value - truth.Count!.Value);
            colorPairs.Add((truth.Color!.Value, web.Color!.Value));
            backgroundPairs.Add((truth.Background!.Value, web.Background!.Value));
        }
        Assert.That(counts / (double)Captions, Is.EqualTo(0.1).Within(0.02));
        Assert.That(colors / (double)Captions, Is.EqualTo(0.3).Within(0.03));
        Assert.That(backgrounds / (double)Captions, Is.EqualTo(0.2).Within(0.03));
        Assert.That(differences, Is.EquivalentTo([-1, 0, 1]));
        Assert.That(colorPairs, Has.Count.EqualTo(64), "any colour may stand for any other");
        Assert.That(backgroundPairs, Has.Count.EqualTo(36), "any background may stand for any other");
    }

    [Test]
    public void What_is_not_stated_stays_so_one_stays_one_and_the_same_seed_says_the_same([Values(null, 1)] int? count)
    {
        ScenePrompt truth = SceneGrammar.Create(WorldObject.Star, count, WorldColor.Red, null, PromptSplit.Pretrain);
        for (ulong seed = 0; seed < 200; seed++)
        {
            ScenePrompt web = WebCaption.Of(truth, seed);
            Assert.That((web.Count, web.Background), Is.EqualTo((count, (WorldBackground?)null)));
            Assert.That(web.Color, Is.Not.Null);
            Assert.That(WebCaption.Of(truth, seed), Is.EqualTo(web));
        }
    }

    static ScenePrompt Truth(int seed) => SceneGrammar.Create(
        (WorldObject)(seed % 10), 2 + (seed / 3 % 4), (WorldColor)(seed % 8), (WorldBackground)(seed % 6), PromptSplit.Pretrain);
}
