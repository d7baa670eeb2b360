using AlignT2I.Files;
using AlignT2I.Training.Prompts;

namespace AlignT2I.Training.Tests.Prompts;

public class PromptSetsTests
{
    static readonly Grammar miniature = GrammarFile.Miniature;
    static readonly string[] unseen = [.. miniature.UnseenObjects.Select(o => o.Name)];

    [Test]
    public void Sets_are_balanced_and_disjoint([Values(0ul, 1ul, 2ul)] ulong seed)
    {
        PromptSets sets = PromptSets.Create(miniature, seed, trainCount: 160);
        Prompt[] all = [.. sets.Train, .. sets.Seen, .. sets.Unseen];
        Assert.Multiple(() =>
        {
            Assert.That(sets.Train, Has.Count.EqualTo(160));
            Assert.That(all.Select(p => p.Id), Is.Unique);
            Assert.That(sets.Train.Select(p => p.Split).Distinct(), Is.EqualTo([PromptSplit.Train]));
            Assert.That(sets.Seen.Select(p => p.Split).Distinct(), Is.EqualTo([PromptSplit.Seen]));
            Assert.That(sets.Unseen.Select(p => p.Split).Distinct(), Is.EqualTo([PromptSplit.Unseen]));
            Assert.That(sets.Train.Concat(sets.Seen).Select(p => p.Object).Intersect(unseen), Is.Empty);
            Assert.That(sets.Unseen.Select(p => p.Object).Distinct(), Is.EquivalentTo(unseen));
            Assert.That(sets.Train.Select(p => p.Category).Distinct().Count(), Is.EqualTo(4));
            foreach (IReadOnlyList<Prompt> evaluation in new[] { sets.Seen, sets.Unseen })
                Assert.That(evaluation.GroupBy(p => p.Category).Select(g => g.Count()), Is.EqualTo([15, 15, 15, 15]));
        });
    }

    [Test]
    public void Same_seed_gives_the_same_sets_and_evaluation_does_not_depend_on_the_training_size()
    {
        PromptSets small = PromptSets.Create(miniature, 7, trainCount: 20), large = PromptSets.Create(miniature, 7, trainCount: 200);
        Assert.Multiple(() =>
        {
            Assert.That(large.Seen, Is.EqualTo(small.Seen));
            Assert.That(large.Unseen, Is.EqualTo(small.Unseen));
            Assert.That(large.Train.Take(20), Is.EqualTo(small.Train));
            Assert.That(PromptSets.Create(miniature, 8, trainCount: 20).Seen, Is.Not.EqualTo(small.Seen));
        });
    }

    [TestCase(0)]
    [TestCase(100_000)]
    public void Refuses_sizes_it_cannot_give(int trainCount) =>
        Assert.That(() => PromptSets.Create(miniature, 0, trainCount), Throws.TypeOf<UsageException>());

    [Test]
    public void Perturbed_prompts_are_distinct_and_change_only_what_is_stated()
    {
        PromptSets sets = PromptSets.Create(miniature, 3, trainCount: 100);
        foreach (Prompt prompt in sets.Train.Concat(sets.Unseen))
        {
            Prompt[] perturbed = Perturb(prompt, count: 9, seed: 5);
            Assert.Multiple(() =>
            {
                Assert.That(perturbed, Has.Length.EqualTo(9));
                Assert.That(perturbed.Select(p => p.Text).Append(prompt.Text), Is.Unique);
                Assert.That(perturbed.Select(p => p.Category).Distinct(), Is.EqualTo([prompt.Category]));
                Assert.That(perturbed.Select(p => p.Object), Has.Some.Not.EqualTo(prompt.Object));
                Assert.That(perturbed.Select(Changes), Has.All.EqualTo(1));
                if (prompt.Split == PromptSplit.Train)
                    Assert.That(perturbed.Select(p => p.Object).Intersect(unseen), Is.Empty);
            });

            int Changes(Prompt p) => (p.Object != prompt.Object ? 1 : 0) + (p.Count != prompt.Count ? 1 : 0)
                + (p.Color != prompt.Color ? 1 : 0) + (p.Background != prompt.Background ? 1 : 0);
        }
    }

    [Test]
    public void Perturbation_takes_every_stated_attribute_in_turn()
    {
        Prompt prompt = miniature.Create("star", 3, "red", "moon", PromptSplit.Train);
        for (ulong seed = 0; seed < 20; seed++)
        {
            Prompt[] four = Perturb(prompt, count: 4, seed);
            Assert.Multiple(() =>
            {
                Assert.That(four.Count(p => p.Object != prompt.Object), Is.EqualTo(1));
                Assert.That(four.Count(p => p.Count != prompt.Count), Is.EqualTo(1));
                Assert.That(four.Count(p => p.Color != prompt.Color), Is.EqualTo(1));
                Assert.That(four.Count(p => p.Background != prompt.Background), Is.EqualTo(1));
                Assert.That(Perturb(prompt, count: 4, seed), Is.EqualTo(four));
            });
        }
    }

    [Test]
    public void Perturbation_changes_several_attributes_when_single_changes_run_out()
    {
        Prompt prompt = miniature.Create("heart", 2, null, null, PromptSplit.Unseen);
        Prompt[] all = Perturb(prompt, count: 10 * 5 - 1, seed: 0);
        Assert.Multiple(() =>
        {
            Assert.That(all.Select(p => p.Text), Is.Unique);
            Assert.That(all.Take(9 + 4).Count(p => p.Count != prompt.Count && p.Object != prompt.Object), Is.Zero);
            Assert.That(() => Perturb(prompt, count: 50, seed: 0), Throws.TypeOf<UsageException>().With.Message.Contains("49 ways"));
        });
    }

    [Test]
    public void The_everyday_grammar_writes_the_papers_set()
    {
        PromptSets sets = PromptSets.Create(GrammarFile.Everyday, seed: 0);
        Dictionary<PromptCategory, (int Prompts, int? Images)> table = sets.Train.GroupBy(p => p.Category)
            .ToDictionary(g => g.Key, g => (g.Count(), g.Sum(p => p.Images)));
        Assert.Multiple(() =>
        {
            Assert.That(sets.Train, Has.Count.EqualTo(2700));
            Assert.That(table[PromptCategory.Count].Images, Is.EqualTo(6480));
            Assert.That(table[PromptCategory.Color].Images, Is.EqualTo(3480));
            Assert.That(table[PromptCategory.Background].Images, Is.EqualTo(2400));
            Assert.That(table[PromptCategory.Combination], Is.EqualTo((2494, 15168)));
            Assert.That(sets.Train.Sum(p => p.Images), Is.EqualTo(27528));
            Assert.That(sets.Train.Max(p => p.Images), Is.EqualTo(60));
            Assert.That((sets.Seen.Count, sets.Unseen.Count), Is.EqualTo((60, 60)));
            Assert.That(sets.All.Select(p => p.Id), Is.Unique);
            Assert.That(sets.All.Select(p => p.Text), Is.Unique);
            Assert.That(sets.Train.Concat(sets.Seen).Select(p => p.Object).Intersect(sets.Unseen.Select(p => p.Object)), Is.Empty);
            Assert.That(sets.Train.Select(p => p.Count).Distinct(), Is.EquivalentTo(new int?[] { null, 1, 2, 3, 4, 5 }));
            PromptSets many = PromptSets.Create(GrammarFile.Everyday, seed: 0, 270);
            Assert.That(many.Train.Count(p => p.Category == PromptCategory.Combination), Is.EqualTo(249).Within(3));
        });
    }

    [Test]
    public void A_prompt_that_the_grammar_does_not_write_is_told_from_others_of_the_run_its_category_first()
    {
        Prompt[] prompts =
        [
            .. Enumerable.Range(0, 3).Select(i => new Prompt($"p{i}", $"a photo of {i} things", PromptCategory.Count, PromptSplit.Train)),
            .. Enumerable.Range(3, 3).Select(i => new Prompt($"p{i}", $"a photo of {i} things", PromptCategory.Object, PromptSplit.Train)),
            new("e", "an evaluation prompt", PromptCategory.Count, PromptSplit.Seen),
        ];
        var perturbation = new PromptPerturbation(GrammarFile.Everyday, prompts);
        IReadOnlyList<string> others = perturbation.Create(prompts[0], count: 5, seed: 1);
        Assert.That(others.Take(2), Is.EquivalentTo(prompts[1..3].Select(p => p.Text)));
        Assert.That(others.Skip(2), Is.EquivalentTo(prompts[3..6].Select(p => p.Text)));
        Assert.That(() => perturbation.Create(prompts[0], count: 6, seed: 1),
            Throws.TypeOf<UsageException>().With.Message.Contains("5 ways"));
    }

    static Prompt[] Perturb(Prompt prompt, int count, ulong seed) =>
    [
        .. new PromptPerturbation(miniature, []).Create(prompt, count, seed)
            .Select(text => miniature.TryParse(text, out Prompt? read, out string? error) ? read : throw new AssertionException(error)),
    ];
}
