using AlignT2I.Training.Miniature;
using AlignT2I.Training.Prompts;

namespace AlignT2I.Training.Tests.Miniature;

public class SimulatedRaterTests
{
    const int Scenes = 1200;

    /// <summary>The rater's own accuracy on rendered ground truth, sharp, and as soft and noisy as a decoder's pictures.</summary>
    [TestCase(0, 0)]
    [TestCase(1, 8)]
    [TestCase(2, 8)]
    public void Judges_rendered_scenes_rightly(int blurs, double sigma)
    {
        var rgb = new byte[SceneRenderer.ByteCount];
        int captionGood = 0, fullGood = 0, perturbedBad = 0, count = 0, background = 0, objects = 0, shape = 0, color = 0;
        for (int i = 0; i < Scenes; i++)
        {
            (Scene scene, ScenePrompt caption) = SceneSampler.SamplePretraining((ulong)(10_000 + i));
            Render(scene, blurs, sigma, rgb);
            ScenePrompt full = SceneGrammar.Create(
                scene.Object, scene.Placements.Count, scene.Color, scene.Background, PromptSplit.Pretrain);
            Assert.That(GrammarFile.Miniature.TryParse(caption.Text, out Prompt? read, out string? error), Is.True, error);
            string text = new PromptPerturbation(GrammarFile.Miniature, []).Create(read!, count: 1, (ulong)i)[0];
            Assert.That(SceneGrammar.TryParse(text, out ScenePrompt? perturbed, out _), Is.True);
            RaterFindings findings = SimulatedRater.Inspect(rgb, full);
            captionGood += SimulatedRater.Inspect(rgb, caption).AllMatch ? 1 : 0;
            perturbedBad += SimulatedRater.Inspect(rgb, perturbed!).AllMatch ? 0 : 1;
            fullGood += findings.AllMatch ? 1 : 0;
            count += findings.CountMatches == true ? 1 : 0;
            background += findings.BackgroundMatches == true ? 1 : 0;
            objects += findings.ObjectCount;
            shape += findings.Shapes.Count(s => s == scene.Object);
            color += findings.Colors.Count(c => c == scene.Color);
        }
        TestContext.Out.WriteLine(
            $"caption good {captionGood}, full prompt good {fullGood}, perturbed bad {perturbedBad}, "
            + $"count {count}, background {background} of {Scenes}; shape {shape}, colour {color} of {objects}");
        const double atLeast = 0.97;
        Assert.Multiple(() =>
        {
            Assert.That(captionGood, Is.GreaterThanOrEqualTo(atLeast * Scenes));
            Assert.That(fullGood, Is.GreaterThanOrEqualTo(atLeast * Scenes));
            Assert.That(perturbedBad, Is.GreaterThanOrEqualTo(atLeast * Scenes));
            Assert.That(count, Is.GreaterThanOrEqualTo(atLeast * Scenes));
            Assert.That(background, Is.GreaterThanOrEqualTo(atLeast * Scenes));
            Assert.That(shape, Is.GreaterThanOrEqualTo(atLeast * objects));
            Assert.That(color, Is.GreaterThanOrEqualTo(atLeast * objects));
        });
    }

    [Test]
    public void Names_each_attribute_that_does_not_match()
    {
        ScenePrompt truth = SceneGrammar.Create(WorldObject.Star, 2, WorldColor.Red, WorldBackground.Moon, PromptSplit.Train);
        var rgb = new byte[SceneRenderer.ByteCount];
        SceneRenderer.Render(SceneSampler.Sample(truth, seed: 1), rgb);
        RaterFindings right = SimulatedRater.Inspect(rgb, truth);
        RaterFindings wrong = SimulatedRater.Inspect(
            rgb, SceneGrammar.Create(WorldObject.Ring, 3, WorldColor.Blue, WorldBackground.Sea, PromptSplit.Train));
        RaterFindings bare = SimulatedRater.Inspect(rgb, SceneGrammar.Create(WorldObject.Star, null, null, null, PromptSplit.Train));
        Assert.Multiple(() =>
        {
            Assert.That(right.AllMatch, Is.True);
            Assert.That(right.Shapes, Is.EqualTo(new WorldObject?[] { WorldObject.Star, WorldObject.Star }));
            Assert.That(right.Colors, Is.EqualTo(new[] { WorldColor.Red, WorldColor.Red }));
            Assert.That(right.Background, Is.EqualTo(WorldBackground.Moon));
            Assert.That((wrong.ObjectMatches, wrong.CountMatches, wrong.ColorMatches, wrong.BackgroundMatches),
                Is.EqualTo((false, (bool?)false, (bool?)false, (bool?)false)));
            Assert.That((bare.ObjectMatches, bare.CountMatches, bare.ColorMatches, bare.BackgroundMatches),
                Is.EqualTo((true, (bool?)null, (bool?)null, (bool?)null)));
            Assert.That(wrong.AllMatch, Is.False);
        });
    }

    [Test]
    public void Finds_nothing_where_nothing_is([Values(0, 128, 255)] int grey)
    {
        var rgb = new byte[SceneRenderer.ByteCount];
        Array.Fill(rgb, (byte)grey);
        ScenePrompt prompt = SceneGrammar.Create(WorldObject.Star, null, null, null, PromptSplit.Train);
        RaterFindings findings = SimulatedRater.Inspect(rgb, prompt);
        Assert.That((findings.ObjectCount, findings.AllMatch), Is.EqualTo((0, false)));
    }

    [Test]
    public void A_shape_of_no_kind_is_unknown()
    {
        var rgb = new byte[SceneRenderer.ByteCount];
        Array.Fill(rgb, (byte)90);
        for (int i = 0; i < 64 * 64; i++)
        {
            (int x, int y) = (i % 64, i / 64);
            bool inside = (x is > 12 and < 18 && y is > 10 and < 50) || (y is > 44 and < 50 && x is > 12 and < 50);     // an L
            if (inside)
                (rgb[i * 3], rgb[i * 3 + 1], rgb[i * 3 + 2]) = (30, 60, 230);
        }
        ScenePrompt prompt = SceneGrammar.Create(WorldObject.Arrow, null, WorldColor.Blue, null, PromptSplit.Train);
        RaterFindings findings = SimulatedRater.Inspect(rgb, prompt);
        Assert.Multiple(() =>
        {
            Assert.That(findings.Shapes, Is.EqualTo(new WorldObject?[] { null }));
            Assert.That(findings.ColorMatches, Is.True);
            Assert.That(findings.AllMatch, Is.False);
        });
    }

    [Test]
    public void A_picture_full_of_colour_has_no_background()
    {
        var rgb = new byte[SceneRenderer.ByteCount];
        for (int i = 0; i < rgb.Length; i += 3)
            rgb[i] = 255;
        ScenePrompt prompt = SceneGrammar.Create(WorldObject.Square, null, WorldColor.Red, WorldBackground.Sea, PromptSplit.Train);
        Assert.That(SimulatedRater.Inspect(rgb, prompt).Background, Is.Null);
    }

    [Test]
    public void Errs_and_skips_as_often_as_told()
    {
        var rater = new SimulatedRater(errorRate: 0.1, skipRate: 0.05, seed: 4);
        ScenePrompt prompt = SceneGrammar.Create(WorldObject.Star, 2, WorldColor.Red, WorldBackground.Moon, PromptSplit.Train);
        var rgb = new byte[SceneRenderer.ByteCount];
        SceneRenderer.Render(SceneSampler.Sample(prompt, seed: 1), rgb);
        RaterVerdict[] verdicts = [.. Enumerable.Range(0, 4000).Select(i => rater.Rate(rgb, prompt, i))];
        RaterVerdict[] again = [.. Enumerable.Range(0, 4000).Select(i => rater.Rate(rgb, prompt, i))];
        double skipped = verdicts.Count(v => v == RaterVerdict.Skip) / 4000.0;
        double wrong = verdicts.Count(v => v == RaterVerdict.Bad) / (4000.0 * (1 - skipped));
        Assert.Multiple(() =>
        {
            Assert.That(skipped, Is.EqualTo(0.05).Within(0.015));      // four standard errors
            Assert.That(wrong, Is.EqualTo(0.1).Within(0.02));
            Assert.That(again, Is.EqualTo(verdicts));
        });
    }

    [Test]
    public void Does_not_err_or_skip_by_default()
    {
        ScenePrompt prompt = SceneGrammar.Create(WorldObject.Heart, 1, WorldColor.Green, WorldBackground.City, PromptSplit.Train);
        ScenePrompt other = prompt with { Color = WorldColor.Pink };
        var rgb = new byte[SceneRenderer.ByteCount];
        SceneRenderer.Render(SceneSampler.Sample(prompt, seed: 1), rgb);
        var rater = new SimulatedRater();
        Assert.Multiple(() =>
        {
            Assert.That(Enumerable.Range(0, 300).Select(i => rater.Rate(rgb, prompt, i)), Has.All.EqualTo(RaterVerdict.Good));
            Assert.That(Enumerable.Range(0, 300).Select(i => rater.Rate(rgb, other, i)), Has.All.EqualTo(RaterVerdict.Bad));
        });
    }

    [TestCase(-0.1, 0)]
    [TestCase(0, 1.5)]
    [TestCase(double.NaN, 0)]
    public void Refuses_rates_outside_zero_to_one(double errorRate, double skipRate) =>
        Assert.That(() => new SimulatedRater(errorRate, skipRate), Throws.InstanceOf<ArgumentOutOfRangeException>());

    [Test]
    public void Refuses_pictures_of_another_size()
    {
        ScenePrompt prompt = SceneGrammar.Create(WorldObject.Star, null, null, null, PromptSplit.Train);
        Assert.That(() => SimulatedRater.Inspect(new byte[32 * 32 * 3], prompt), Throws.ArgumentException);
    }

    /// <summary>Draws a scene, averages over 3x3 pixels, adds Gaussian noise of the given standard deviation.</summary>
    static void Render(Scene scene, int blurs, double sigma, byte[] rgb)
    {
        SceneRenderer.Render(scene, rgb);
        for (int blur = 0; blur < blurs; blur++)
        {
            byte[] sharp = [.. rgb];
            for (int i = 0; i < rgb.Length; i++)
            {
                (int channel, int x, int y) = (i % 3, i / 3 % 64, i / 3 / 64);
                int sum = 0;
                for (int n = 0; n < 9; n++)
                    sum += sharp[(Math.Clamp(y + n / 3 - 1, 0, 63) * 64 + Math.Clamp(x + n % 3 - 1, 0, 63)) * 3 + channel];
                rgb[i] = (byte)((sum + 4) / 9);
            }
        }
        if (sigma == 0)
            return;
        var random = new WorldRandom(scene.BackgroundSeed);
        for (int i = 0; i < rgb.Length; i++)
        {
            double radius = Math.Sqrt(-2 * Math.Log(1 - random.NextSingle()));
            rgb[i] = (byte)Math.Clamp(rgb[i] + sigma * radius * Math.Cos(Math.Tau * random.NextSingle()), 0, 255);
        }
    }
}
