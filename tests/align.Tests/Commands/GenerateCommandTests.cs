using System.Globalization;
using System.Text.Json;
using AlignT2I.Files;

namespace AlignT2I.Align.Tests.Commands;

/// <summary><c>align generate</c> as a person with a diffusers folder uses it.</summary>
internal sealed class GenerateCommandTests
{
    TinyRun tiny = null!;

    [SetUp]
    public void Make() => tiny = new TinyRun();

    [TearDown]
    public void Remove() => tiny.Dispose();

    CommandRun Generate(params string[] more) =>
        CommandRun.Align(["generate", "--output", tiny["out"], "--model", tiny.Model, "--steps", "2", .. more]);

    string[] Pictures() =>
        [.. Directory.EnumerateFiles(tiny["out"], "*.png").Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    [Test]
    public void Pictures_of_two_prompts_in_a_size_of_ones_own()
    {
        CommandRun run = Generate(
            "--prompt", "A red star", "--prompt", "Two hearts", "--negative-prompt", "A moon", "--width", "60", "--height", "76",
            "--seed", "12", "--images-per-prompt", "2", "--sampler", "euler-ancestral", "--batch-size", "3").Succeeded();
        Assert.That(Pictures(), Is.EqualTo(new[] { "a-red-star-12.png", "a-red-star-13.png", "two-hearts-12.png", "two-hearts-13.png" }));
        PngImage png = Png.Read(tiny["out/two-hearts-13.png"]);
        Assert.That((png.Image.Width, png.Image.Height), Is.EqualTo((60, 76)));
        Assert.That(png.Text["parameters"], Does.EndWith(", Model: model").And.StartWith(
            "Two hearts\nNegative prompt: A moon\nSteps: 2, Sampler: Euler a, CFG scale: 3, Seed: 13, Size: 60x76, "));
        string[] told = ["4 of 60 x 76 pixels", "Euler a, 2 steps", "memory", "step 8/8"];
        foreach (string words in told)
            Assert.That(run.Output, Does.Contain(words));
    }

    [Test]
    public void An_image_is_its_seeds_whatever_else_is_drawn()
    {
        Generate("--prompt", "A red star", "--seed", "5", "--images-per-prompt", "3").Succeeded();
        byte[] third = Png.Read(tiny["out/a-red-star-7.png"]).Image.Pixels;
        Directory.Delete(tiny["out"], recursive: true);
        Generate("--prompt", "A red star", "--seed", "7").Succeeded();
        byte[] alone = Png.Read(tiny["out/a-red-star-7.png"]).Image.Pixels;
        Assert.That(third.Zip(alone, (a, b) => Math.Abs(a - b)).Max(), Is.LessThanOrEqualTo(1), "levels");
    }

    [TestCase("bfloat16", 40)]
    [TestCase("float16", 12)]
    public void Half_precision_draws_nearly_the_same(string dtype, int levels)
    {
        Generate("--prompt", "A red star").Succeeded();
        CommandRun.Align(
            "generate", "--output", tiny["half"], "--model", tiny.Model, "--steps", "2", "--prompt", "A red star",
            "--dtype", dtype).Succeeded();
        byte[] full = Png.Read(tiny["out/a-red-star-0.png"]).Image.Pixels, half = Png.Read(tiny["half/a-red-star-0.png"]).Image.Pixels;
        Assert.That(full.Zip(half, (a, b) => Math.Abs(a - b)).Max(), Is.InRange(1, levels), "levels");
    }

    [Test]
    public void The_best_of_the_candidates_are_kept()
    {
        tiny.WithReward();
        string[] arguments =
        [
            "--prompt", "A red star", "--prompt", "Two hearts", "--best", "2", "--of", "5",
            "--reward", tiny.In("reward"), "--clip", tiny.Model, "--json",
        ];
        JsonElement result = Generate(arguments).Succeeded().Json;
        Assert.That(result.GetProperty("images").GetInt32(), Is.EqualTo(4));
        Assert.That(result.GetProperty("reward").GetDouble(), Is.GreaterThan(result.GetProperty("candidateReward").GetDouble()));
        Assert.That(Pictures(), Has.Length.EqualTo(4));
        Assert.That(Directory.EnumerateFiles(tiny["out/candidates"], "*.png").Count(), Is.EqualTo(10));
        foreach (string picture in Pictures())
        {
            PngImage png = Png.Read(Path.Combine(tiny["out"], picture));
            Assert.That(double.Parse(png.Text["reward"], CultureInfo.InvariantCulture), Is.InRange(0, 1));
            Assert.That(png.Image.Pixels, Is.EqualTo(Png.Read(Path.Combine(tiny["out/candidates"], picture)).Image.Pixels));
        }
        CommandRun again = Generate(arguments).Succeeded();
        Assert.That(again.Error, Does.Not.Contain("generate |"));
        Assert.That(Pictures(), Has.Length.EqualTo(4));
    }

    [Test]
    public void Shards_draw_candidates_and_the_call_without_chooses()
    {
        tiny.WithReward();
        string[] arguments = ["--prompt", "A red star", "--best", "1", "--of", "4", "--reward", tiny.In("reward")];
        foreach (string shard in (string[])["0/2", "1/2"])
        {
            Assert.That(Generate([.. arguments, "--shard", shard]).Succeeded().Output, Does.Contain("without --shard"));
            Assert.That(Pictures(), Is.Empty);
        }
        Assert.That(Generate(arguments).Succeeded().Output, Does.Contain("the best 1 of 4").And.Not.Contain("generate |"));
        Assert.That(Pictures(), Has.Length.EqualTo(1));
    }

    [Test]
    public void A_prompt_that_is_too_long_is_cut_with_a_warning()
    {
        // Ten ids with both special tokens: eight words.
        CommandRun run = Generate("--prompt", "Three red stars on the moon", "--negative-prompt", "a b c d e f g h i j").Succeeded();
        Assert.That(run.Error, Does.Contain("warning: the text encoder reads 8 tokens").And.Contain("it does not read 'i j'"));
        Assert.That(run.Error.Trim().Split('\n'), Has.Length.EqualTo(1));
    }

    [TestCase("nothing to draw")]
    [TestCase("choose a multiple of 4", "--prompt", "A star", "--width", "66")]
    [TestCase("up to 1024", "--prompt", "A star", "--height", "1032")]
    [TestCase("give one of them", "--prompt", "A star", "--run", "elsewhere")]
    [TestCase("--of", "--prompt", "A star", "--best", "2")]
    [TestCase("--of", "--prompt", "A star", "--best", "3", "--of", "2")]
    [TestCase("how many images to keep", "--prompt", "A star", "--of", "4")]
    [TestCase("--best chooses by a reward", "--prompt", "A star", "--best", "2", "--of", "4")]
    [TestCase("there is no reward in 'nowhere'", "--prompt", "A star", "--best", "2", "--of", "4", "--reward", "nowhere")]
    [TestCase("999", "--prompt", "A star", "--steps", "1001")]
    public void What_does_not_go_together_is_said_before_anything_is_made(string words, params string[] more)
    {
        string[] steps = more.Contains("--steps") ? [] : ["--steps", "1"];
        CommandRun.Align(["generate", "--output", tiny["out"], "--model", tiny.Model, .. steps, .. more]).Failed(2, words);
        Assert.That(Directory.Exists(tiny["out"]), Is.False);
    }
}
