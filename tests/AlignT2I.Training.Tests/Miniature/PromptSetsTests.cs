using AlignT2I.Training.Miniature;

namespace AlignT2I.Training.Tests.Miniature;

public class PromptSetsTests
{
    [Test]
    public void Sets_are_balanced_and_disjoint([Values(0ul, 1ul, 2ul)] ulong seed)
    {
        PromptSets sets = PromptSets.Create(seed, trainCount: 160);
        ScenePrompt[] all = [.. sets.Train, .. sets.Seen, .. sets.Unseen];
        Assert.Multiple(() =>
        {
            Assert.That(sets.Train, Has.Count.EqualTo(160));
            Assert.That(all.Select(p => p.Id), Is.Unique);
            Assert.That(sets.Train.Select(p => p.Split).Distinct(), Is.EqualTo([PromptSplit.Train]));
            Assert.That(sets.Seen.Select(p => p.Split).Distinct(), Is.EqualTo([PromptSplit.Seen]));
            Assert.That(sets.Unseen.Select(p => p.Split).Distinct(), Is.EqualTo([PromptSplit.Unseen]));
            Assert.That(sets.Train.Concat(sets.Seen).Select(p => p.Object).Intersect(PromptSets.UnseenObjects), Is.Empty);
            Assert.That(sets.Unseen.Select(p => p.Object).Distinct(), Is.EquivalentTo(PromptSets.UnseenObjects));
            Assert.That(sets.Train.Select(p => p.Category).Distinct().Count(), Is.EqualTo(4));
            foreach (IReadOnlyList<ScenePrompt> evaluation in new[] { sets.Seen, sets.Unseen })
                Assert.That(evaluation.GroupBy(p => p.Category).Select(g => g.Count()), Is.EqualTo([15, 15, 15, 15]));
        });
    }

    [Test]
    public void Same_seed_gives_the_same_sets_and_evaluation_does_not_depend_on_the_training_size()
    {
        PromptSets small = PromptSets.Create(7, trainCount: 20), large = PromptSets.Create(7, trainCount: 200);
        Assert.Multiple(() =>
        {
            Assert.That(large.Seen, Is.EqualTo(small.Seen));
            Assert.That(large.Unseen, Is.EqualTo(small.Unseen));
            Assert.That(large.Train.Take(20), Is.EqualTo(small.Train));
            Assert.That(PromptSets.Create(8, trainCount: 20).Seen, Is.Not.EqualTo(small.Seen));
        });
    }

    [TestCase(0)]
    [TestCase(100_000)]
    public void Refuses_sizes_it_cannot_give(int trainCount) =>
        Assert.That(() => PromptSets.Create(0, trainCount), Throws.InstanceOf<ArgumentOutOfRangeException>());

    [Test]
    public void Perturbed_prompts_are_distinct_and_change_only_what_is_stated()
    {
        PromptSets sets = PromptSets.Create(3, trainCount: 100);
        foreach (ScenePrompt prompt in sets.Train.Concat(sets.Unseen))
        {
            IReadOnlyList<ScenePrompt> perturbed = PromptPerturbation.Create(prompt, count: 9, seed: 5);
            Assert.Multiple(() =>
            {
                Assert.That(perturbed, Has.Count.EqualTo(9));
                Assert.That(perturbed.Select(p => p.Text).Append(prompt.Text), Is.Unique);
                Assert.That(perturbed.Select(p => p.Category).Distinct(), Is.EqualTo([prompt.Category]));
                Assert.That(perturbed.Select(p => p.Object), Has.Some.Not.EqualTo(prompt.Object));
                Assert.That(perturbed.Select(Changes), Has.All.EqualTo(1));
                if (prompt.Split == PromptSplit.Train)
                    Assert.That(perturbed.Select(p => p.Object).Intersect(PromptSets.UnseenObjects), Is.Empty);
            });

            int Changes(ScenePrompt p) => (p.Object != prompt.Object ? 1 : 0) + (p.Count != prompt.Count ? 1 : 0)
                + (p.Color != prompt.Color ? 1 : 0) + (p.Background != prompt.Background ? 1 : 0);
        }
    }

    [Test]
    public void Perturbation_takes_every_stated_attribute_in_turn()
    {
        ScenePrompt prompt = PromptGrammar.Create(WorldObject.Star, 3, WorldColor.Red, WorldBackground.Moon, PromptSplit.Train);
        for (ulong seed = 0; seed < 20; seed++)
        {
            IReadOnlyList<ScenePrompt> four = PromptPerturbation.Create(prompt, count: 4, seed);
            Assert.Multiple(() =>
            {
                Assert.That(four.Count(p => p.Object != prompt.Object), Is.EqualTo(1));
                Assert.That(four.Count(p => p.Count != prompt.Count), Is.EqualTo(1));
                Assert.That(four.Count(p => p.Color != prompt.Color), Is.EqualTo(1));
                Assert.That(four.Count(p => p.Background != prompt.Background), Is.EqualTo(1));
                Assert.That(PromptPerturbation.Create(prompt, count: 4, seed), Is.EqualTo(four));
            });
        }
    }

    [Test]
    public void Perturbation_changes_several_attributes_when_single_changes_run_out()
    {
        ScenePrompt prompt = PromptGrammar.Create(WorldObject.Heart, 2, null, null, PromptSplit.Unseen);
        IReadOnlyList<ScenePrompt> all = PromptPerturbation.Create(prompt, count: 10 * 5 - 1, seed: 0);
        Assert.Multiple(() =>
        {
            Assert.That(all.Select(p => p.Text), Is.Unique);
            Assert.That(all.Take(9 + 4).Count(p => p.Count != prompt.Count && p.Object != prompt.Object), Is.Zero);
            Assert.That(() => PromptPerturbation.Create(prompt, count: 50, seed: 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        });
    }
}
