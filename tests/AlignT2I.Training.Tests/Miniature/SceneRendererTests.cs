using System.Security.Cryptography;
using AlignT2I.Training.Miniature;
using AlignT2I.Training.Prompts;

namespace AlignT2I.Training.Tests.Miniature;

public class SceneRendererTests
{
    [Test]
    public void Objects_lie_apart_and_inside([Values(1, 2, 3, 4, 5)] int count)
    {
        ScenePrompt prompt = SceneGrammar.Create(WorldObject.Star, count, null, null, PromptSplit.Train);
        for (ulong seed = 0; seed < 500; seed++)
        {
            IReadOnlyList<PlacedObject> placed = SceneSampler.Sample(prompt, seed).Placements;
            Assert.That(placed, Has.Count.EqualTo(count));
            foreach (PlacedObject a in placed)
            {
                float edge = new[] { a.X, a.Y, SceneRenderer.Size - a.X, SceneRenderer.Size - a.Y }.Min() - a.Radius;
                Assert.That(edge, Is.GreaterThanOrEqualTo(1.499f));
                Assert.That(a.Radius, Is.GreaterThan(9), "large enough to be recognised");
                foreach (PlacedObject b in placed.Where(b => b != a))
                    Assert.That(MathF.Sqrt(MathF.Pow(a.X - b.X, 2) + MathF.Pow(a.Y - b.Y, 2)), Is.GreaterThan(a.Radius + b.Radius + 2.9f));
            }
        }
    }

    [Test]
    public void Shapes_lie_in_their_circle_and_nearly_fill_it([Values] WorldObject shape)
    {
        double[] reaches = [.. from row in Enumerable.Range(-120, 241)
                               from column in Enumerable.Range(-120, 241)
                               where ShapeField.Distance(shape, column * 0.01f, row * 0.01f) < 0
                               select Math.Sqrt(column * column + row * row) * 0.01];
        Assert.That(reaches.Max(), Is.InRange(0.9, 1.02));
    }

    [Test]
    public void Objects_do_not_touch_the_frame_or_each_other()
    {
        var empty = new byte[SceneRenderer.ByteCount];
        var rgb = new byte[SceneRenderer.ByteCount];
        for (ulong seed = 0; seed < 300; seed++)
        {
            Scene scene = SceneSampler.SamplePretraining(seed).Scene;
            SceneRenderer.Render(scene, rgb);
            BackgroundPainter.Paint(scene.Background, scene.BackgroundSeed, empty);
            for (int i = 0; i < SceneRenderer.Size; i++)
            {
                foreach (int pixel in new[] { i, i * 64, i * 64 + 63, 63 * 64 + i })
                    Assert.That(rgb.AsSpan(pixel * 3, 3).SequenceEqual(empty.AsSpan(pixel * 3, 3)), $"scene {seed}, pixel {pixel}");
            }
            Assert.That(Segmentation.Of(rgb).Patches, Has.Count.EqualTo(scene.Placements.Count), $"scene {seed}");
        }
    }

    [Test]
    public void Backgrounds_are_greyish_and_far_apart_and_objects_are_saturated()
    {
        var rgb = new byte[SceneRenderer.ByteCount];
        List<(float R, float G, float B)> means = [];
        foreach (WorldBackground background in WorldWords.Backgrounds)
        {
            for (ulong seed = 0; seed < 20; seed++)
            {
                BackgroundPainter.Paint(background, seed, rgb);
                Assert.That(rgb.Chunk(3).Max(p => p.Max() - p.Min()), Is.LessThan(50), $"{background}");
            }
            (float R, float G, float B) mean = Segmentation.Of(rgb).BackgroundMean!.Value;
            foreach ((float R, float G, float B) other in means)
            {
                double distance = Math.Sqrt(Math.Pow(mean.R - other.R, 2) + Math.Pow(mean.G - other.G, 2) + Math.Pow(mean.B - other.B, 2));
                Assert.That(distance, Is.GreaterThan(40), $"{background}");
            }
            means.Add(mean);
        }
        foreach (WorldColor color in WorldWords.Colors)
        {
            (byte r, byte g, byte b) = WorldWords.Rgb(color);
            Assert.That(Math.Max(r, Math.Max(g, b)) - Math.Min(r, Math.Min(g, b)), Is.GreaterThan(150), $"{color}");
        }
    }

    [Test]
    public void Pretraining_shows_everything_and_captions_are_true()
    {
        (Scene Scene, ScenePrompt Caption)[] samples =
            [.. Enumerable.Range(0, 4000).Select(i => SceneSampler.SamplePretraining((ulong)i))];
        foreach ((Scene scene, ScenePrompt caption) in samples)
        {
            Assert.Multiple(() =>
            {
                Assert.That(caption.Object, Is.EqualTo(scene.Object));
                Assert.That(caption.Count ?? 1, Is.EqualTo(scene.Placements.Count));
                Assert.That(caption.Color ?? scene.Color, Is.EqualTo(scene.Color));
                Assert.That(caption.Background ?? scene.Background, Is.EqualTo(scene.Background));
            });
        }
        Assert.Multiple(() =>
        {
            Assert.That(samples.GroupBy(s => s.Scene.Object).Select(g => g.Count()), Has.Exactly(10).InRange(320, 480));
            Assert.That(samples.GroupBy(s => s.Scene.Color).Select(g => g.Count()), Has.Exactly(8).InRange(420, 580));
            Assert.That(samples.GroupBy(s => s.Scene.Background).Select(g => g.Count()), Has.Exactly(6).InRange(580, 760));
            Assert.That(samples.Select(s => s.Caption.Category).Distinct().Count(), Is.EqualTo(5));
            Assert.That(samples.Count(s => s.Scene.Placements.Count == 1), Is.InRange(1500, 1700));
        });
    }

    [Test]
    public void Prompts_are_obeyed()
    {
        ScenePrompt prompt = SceneGrammar.Create(WorldObject.Arrow, 4, WorldColor.Cyan, WorldBackground.Sea, PromptSplit.Train);
        Scene scene = SceneSampler.Sample(prompt, seed: 9);
        Assert.That((scene.Object, scene.Placements.Count, scene.Color, scene.Background),
            Is.EqualTo((WorldObject.Arrow, 4, WorldColor.Cyan, WorldBackground.Sea)));
    }

    [Test]
    public void Random_numbers_are_those_of_SplitMix64()
    {
        var random = new WorldRandom(1234567);      // the numbers published with the reference implementation
        Assert.That(new[] { random.NextUInt64(), random.NextUInt64(), random.NextUInt64() },
            Is.EqualTo(new[] { 6457827717110365317ul, 3203168211198807973ul, 9817491932198370423ul }));
    }

    [Test]
    public void Same_seed_gives_the_same_picture()
    {
        byte[] first = new byte[SceneRenderer.ByteCount], again = new byte[SceneRenderer.ByteCount];
        HashSet<string> pictures = [];
        for (ulong seed = 0; seed < 50; seed++)
        {
            SceneRenderer.Render(SceneSampler.SamplePretraining(seed).Scene, first);
            SceneRenderer.Render(SceneSampler.SamplePretraining(seed).Scene, again);
            Assert.That(again, Is.EqualTo(first));
            pictures.Add(Convert.ToHexString(SHA256.HashData(first)));
        }
        Assert.That(pictures, Has.Count.EqualTo(50));
    }

    [Test]
    public void Refuses_a_buffer_of_another_size() =>
        Assert.That(() => SceneRenderer.Render(SceneSampler.SamplePretraining(0).Scene, new byte[100]), Throws.ArgumentException);
}
