using AlignT2I.Files;
using AlignT2I.Training.Miniature;
using AlignT2I.Training.Prompts;

namespace AlignT2I.Training.Tests.Prompts;

public class GrammarTests
{
    static readonly PromptCategory[] allCategories = Enum.GetValues<PromptCategory>();

    [TestCase(WorldObject.Star, 3, WorldColor.Red, WorldBackground.Moon, "Three red stars on the moon", PromptCategory.Combination)]
    [TestCase(WorldObject.Ring, null, WorldColor.Blue, null, "A blue ring", PromptCategory.Color)]
    [TestCase(WorldObject.Heart, 2, null, null, "Two hearts", PromptCategory.Count)]
    [TestCase(WorldObject.Star, null, null, WorldBackground.Forest, "A star in the forest", PromptCategory.Background)]
    [TestCase(WorldObject.Arrow, null, null, WorldBackground.Night, "An arrow at night", PromptCategory.Background)]
    [TestCase(WorldObject.Circle, null, WorldColor.Orange, null, "An orange circle", PromptCategory.Color)]
    [TestCase(WorldObject.Cross, 5, null, WorldBackground.Sea, "Five crosses on the sea", PromptCategory.Combination)]
    [TestCase(WorldObject.Cross, 1, null, WorldBackground.City, "One cross in the city", PromptCategory.Combination)]
    [TestCase(WorldObject.Square, null, null, null, "A square", PromptCategory.Object)]
    public void Renders_English(
        WorldObject worldObject, int? count, WorldColor? color, WorldBackground? background, string text, PromptCategory category)
    {
        ScenePrompt prompt = SceneGrammar.Create(worldObject, count, color, background, PromptSplit.Train);
        Assert.Multiple(() =>
        {
            Assert.That(prompt.Text, Is.EqualTo(text));
            Assert.That(prompt.Category, Is.EqualTo(category));
            Assert.That(prompt.Id, Is.EqualTo(text.ToLowerInvariant().Replace(' ', '-')));
        });
    }

    [Test]
    public void Parses_back_every_prompt()
    {
        Grammar grammar = GrammarFile.Miniature;
        Prompt[] all = [.. allCategories.SelectMany(c => grammar.Enumerate(c, grammar.Objects, PromptSplit.Train))];
        Assert.That(all, Has.Length.EqualTo(10 * 6 * 9 * 7));
        Assert.That(all.Select(p => p.Id).Distinct().Count(), Is.EqualTo(all.Length));
        foreach (Prompt prompt in all)
        {
            Assert.That(grammar.TryParse(prompt.Text, out Prompt? parsed, out string? error), Is.True, error);
            Assert.That(parsed! with { Split = PromptSplit.Train }, Is.EqualTo(prompt));
            Assert.That(ScenePrompt.Of(prompt).Text, Is.EqualTo(prompt.Text));
        }
    }

    [Test]
    public void Words_of_the_miniature_are_what_it_can_draw() => Assert.Multiple(() =>
    {
        Assert.That(GrammarFile.Miniature.Objects.Select(o => o.Name), Is.EqualTo(Words<WorldObject>()));
        Assert.That(GrammarFile.Miniature.Colors, Is.EqualTo(Words<WorldColor>()));
        Assert.That(GrammarFile.Miniature.Backgrounds.Select(b => b.Name), Is.EqualTo(Words<WorldBackground>()));
        Assert.That(() => ScenePrompt.Of(GrammarFile.Everyday.Create("dog", null, null, null, PromptSplit.Train)),
            Throws.TypeOf<UsageException>().With.Message.Contains("'dog'"));

        static IEnumerable<string> Words<T>() where T : struct, Enum => Enum.GetNames<T>().Select(n => n.ToLowerInvariant());
    });

    [TestCase("sheep", 3, "Three sheep")]
    [TestCase("wolf", 2, "Two wolves")]
    [TestCase("bus", 5, "Five buses")]
    [TestCase("umbrella", null, "An umbrella")]
    [TestCase("dog", 1, "One dog")]
    public void Everyday_plurals_and_articles(string thing, int? count, string text)
    {
        Prompt prompt = GrammarFile.Everyday.Create(thing, count, null, null, PromptSplit.Train);
        Assert.That(prompt.Text, Is.EqualTo(text));
        Assert.That(GrammarFile.Everyday.TryParse(text, out Prompt? parsed, out string? error), Is.True, error);
        Assert.That(parsed!.Object, Is.EqualTo(thing));
    }

    [Test]
    public void Names_of_several_words_are_read_as_the_longest_that_fits()
    {
        Grammar grammar = GrammarFile.Everyday with
        {
            Objects =
            [
                .. GrammarFile.Everyday.Objects, new("traffic light"), new("unicorn", Article: "a"), new("bus stop"),
                new("fire hydrant", Plural: "hydrants of fire"),
            ],
            Colors = [.. GrammarFile.Everyday.Colors, "light", "light blue"],
        };
        string[] texts =
        [
            "Two light blue traffic lights in a kitchen", "A unicorn", "A light unicorn", "Three red bus stops",
            "Four hydrants of fire at night",
        ];
        foreach (string text in texts)
        {
            Assert.That(grammar.TryParse(text.ToLowerInvariant(), out Prompt? prompt, out string? error), Is.True, error);
            Assert.That(prompt!.Text, Is.EqualTo(text));
        }
    }

    [Test]
    public void Words_are_exactly_those_of_the_prompts()
    {
        IEnumerable<string> used = allCategories
            .SelectMany(c => GrammarFile.Miniature.Enumerate(c, GrammarFile.Miniature.Objects, PromptSplit.Train))
            .SelectMany(p => p.Text.ToLowerInvariant().Split(' '));
        Assert.That(SceneGrammar.Words, Is.EquivalentTo(used.Distinct()));
    }

    [TestCase("three RED stars on the moon.", "Three red stars on the moon")]
    [TestCase("  two heart ", "Two hearts")]
    [TestCase("ring at night", "A ring at night")]
    public void Reads_sloppy_English(string text, string expected)
    {
        Assert.That(SceneGrammar.TryParse(text, out ScenePrompt? prompt, out string? error), Is.True, error);
        Assert.That(prompt!.Text, Is.EqualTo(expected));
    }

    [TestCase("Three red tigers on the moon", "no word 'tigers'")]
    [TestCase("Two turquoise hearts", "no word 'turquoise'")]
    [TestCase("Six hearts", "no word 'six'")]
    [TestCase("", "expected an object")]
    [TestCase("Two red", "found the end")]
    [TestCase("Red two stars", "found 'two'")]
    [TestCase("A star moon", "found 'moon'")]
    [TestCase("A star in the forest in the city", "found 'in the forest in the city'")]
    public void Names_what_it_cannot_read(string text, string expected)
    {
        Assert.That(SceneGrammar.TryParse(text, out ScenePrompt? prompt, out string? error), Is.False);
        Assert.That(prompt, Is.Null);
        Assert.That(error, Does.Contain(expected).And.Contains(text));
    }

    [Test]
    public void Lists_the_words_it_knows_when_it_meets_another() =>
        Assert.Multiple(() =>
        {
            SceneGrammar.TryParse("a tiger", out _, out string? error);
            foreach (string word in SceneGrammar.Words)
                Assert.That(error, Does.Contain($" {word}"));
        });

    [TestCase(0)]
    [TestCase(6)]
    public void Refuses_other_counts(int count) =>
        Assert.That(() => SceneGrammar.Create(WorldObject.Star, count, null, null, PromptSplit.Train),
            Throws.InstanceOf<ArgumentOutOfRangeException>());
}
