using AlignT2I.Engine;
using AlignT2I.Feedback;
using AlignT2I.Files;
using AlignT2I.Models.Pipelines;
using AlignT2I.Testing;
using AlignT2I.Training.Generation;
using AlignT2I.Training.Prompts;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.Tests.Generation;

public class ImageGeneratorTests
{
    static readonly GenerationPrompt[] prompts =
    [
        new("two-hearts", "Two hearts", ImageSeed.Unrelated(4, "two-hearts", 3)),
        new("a-red-star", "A red star", ImageSeed.Unrelated(4, "a-red-star", 3)),
    ];

    static readonly ImageGenerationOptions options = new() { Steps = 2, GuidanceScale = 2, BatchSize = 4 };

    TestFolder folder = null!;
    StableDiffusionModel model = null!;

    [OneTimeSetUp]
    public void Load()
    {
        folder = new TestFolder();
        model = StableDiffusionModel.Load(TinyModel.Write(folder["model"]));
    }

    [OneTimeTearDown]
    public void Unload()
    {
        model.Dispose();
        folder.Dispose();
    }

    [Test]
    public void Every_prompt_gets_its_images_with_a_record_and_texts_in_the_png()
    {
        using RunFolder run = RunFolder.Open(folder["plain"]);
        IReadOnlyList<ImageRecord> made = Generate(run, options);
        Assert.That(run.ReadImages(), Is.EquivalentTo(made));
        Assert.That(made.Select(r => r.Seed).Distinct().Count(), Is.EqualTo(6));
        PngImage png = Png.Read(run.PathOf(made[4]));
        Assert.That(png.Image.Width, Is.EqualTo(64));
        Assert.That(png.Text["prompt"], Is.EqualTo("A red star"));
        Assert.That(png.Text["parameters"], Is.EqualTo(
            $"A red star\nSteps: 2, Sampler: DDIM, CFG scale: 2, Seed: {made[4].Seed}, Size: 64x64, Model hash: abc, Model: tiny"));
    }

    [Test]
    public void Pictures_lie_flat_named_by_their_seeds_with_negative_prompt_and_size()
    {
        using RunFolder pictures = RunFolder.OpenPictures(folder["pictures"]);
        GenerationPrompt[] two = [new("two-hearts", "Two hearts", ImageSeed.Consecutive(41, 2))];
        ImageGenerationOptions wide = options with { NegativePrompt = "A red star", Width = 72, Height = 56 };      // latents of 14 x 18
        IReadOnlyList<ImageRecord> made = Generate(pictures, wide, prompts: two);
        Assert.That(made.Select(r => (r.File, r.Seed)), Is.EqualTo(new[] { ("two-hearts-41.png", 41UL), ("two-hearts-42.png", 42UL) }));
        PngImage png = Png.Read(folder["pictures/two-hearts-42.png"]);
        Assert.That((png.Image.Width, png.Image.Height), Is.EqualTo((72, 56)));
        Assert.That(png.Text["parameters"], Is.EqualTo("Two hearts\nNegative prompt: A red star\n"
            + "Steps: 2, Sampler: DDIM, CFG scale: 2, Seed: 42, Size: 72x56, Model hash: abc, Model: tiny"));
        Assert.That(png.Text["negative_prompt"], Is.EqualTo("A red star"));
    }

    [Test]
    public void A_picture_of_the_same_seed_made_in_another_way_lies_beside_the_first()
    {
        using RunFolder pictures = RunFolder.OpenPictures(folder["variants"]);
        GenerationPrompt[] one = [new("two-hearts", "Two hearts", ImageSeed.Consecutive(7, 1))];
        string[] Files(int steps) => [.. Generate(pictures, options with { Steps = steps }, prompts: one).Select(r => r.File)];
        Assert.That(Files(1), Is.EqualTo(new[] { "two-hearts-7.png" }));
        Assert.That(Files(2), Is.EqualTo(new[] { "two-hearts-7_2.png" }));
        Assert.That(Files(1), Is.EqualTo(new[] { "two-hearts-7.png" }));
        Assert.That(pictures.ReadImages().Select(r => r.Steps), Is.EquivalentTo(new[] { 1, 2 }));
    }

    [Test]
    public void A_model_whose_name_has_separators_is_quoted()
    {
        var record = new ImageRecord("a", "a.png", "a", "a", 1, "abc", "DDIMScheduler", 1, 7.5);
        string parameters = ImageMetadata.Of(record, new Image(1, 1, 1, [0]), "DDIM", "mine, v2")["parameters"];
        Assert.That(parameters, Does.EndWith("CFG scale: 7.5, Seed: 1, Size: 1x1, Model hash: abc, Model: \"mine, v2\""));
    }

    [Test]
    public void An_image_is_the_same_in_any_batch_and_shard()
    {
        using RunFolder whole = RunFolder.Open(folder["whole"]);
        IReadOnlyList<ImageRecord> made = Generate(whole, options with { BatchSize = 6 });
        for (int shard = 0; shard < 2; shard++)
        {
            using RunFolder part = RunFolder.Open(folder["sharded"], new Shard(shard, 2));
            Assert.That(Generate(part, options with { BatchSize = 1 }), Has.Count.EqualTo(3));
        }
        using RunFolder sharded = RunFolder.Open(folder["sharded"]);
        Assert.That(sharded.ReadImages(), Is.EquivalentTo(made));
        foreach (ImageRecord record in made)
        {
            byte[] a = Png.Read(whole.PathOf(record)).Image.Pixels, b = Png.Read(sharded.PathOf(record)).Image.Pixels;
            // Sums may be rounded differently in batches of other sizes: by a level at most.
            Assert.That(a.Zip(b, (x, y) => Math.Abs(x - y)).Max(), Is.LessThanOrEqualTo(1), record.Id);
        }
    }

    [Test]
    public void Only_missing_and_damaged_images_are_drawn_again()
    {
        using RunFolder run = RunFolder.Open(folder["resumed"]);
        IReadOnlyList<ImageRecord> made = Generate(run, options);
        Dictionary<string, byte[]> bytes = made.ToDictionary(r => r.Id, r => File.ReadAllBytes(run.PathOf(r)));
        File.Delete(run.PathOf(made[1]));
        File.WriteAllBytes(run.PathOf(made[2]), bytes[made[2].Id][..100]);
        DateTime old = new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(run.PathOf(made[0]), old);
        List<long> done = [];
        Generate(run, options, new Told(p => done.Add(p.Done)));
        Assert.That(done, Is.EqualTo((long[])[10, 12]));     // four of six were there, a batch of two took two steps
        Assert.That(File.GetLastWriteTimeUtc(run.PathOf(made[0])), Is.EqualTo(old));
        Assert.That(Png.Read(run.PathOf(made[2])).Image.Pixels, Has.Length.EqualTo(64 * 64 * 3));
        Assert.That(run.ReadImages(), Has.Count.EqualTo(6));
    }

    [Test]
    public void An_image_that_was_written_and_not_listed_is_taken_if_it_is_the_one_wanted()
    {
        using RunFolder run = RunFolder.Open(folder["adopted"]);
        IReadOnlyList<ImageRecord> made = Generate(run, options);
        DateTime old = new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(run.PathOf(made[1]), old);
        File.Copy(run.PathOf(made[3]), run.PathOf(made[2]), overwrite: true);
        File.SetLastWriteTimeUtc(run.PathOf(made[2]), old);
        File.Delete(Path.Combine(run.Path, "images.jsonl"));
        List<long> done = [];
        Generate(run, options, new Told(p => done.Add(p.Done)));
        Assert.That(done, Is.EqualTo((long[])[11, 12]), "only the one whose file holds another image is drawn");
        Assert.That(File.GetLastWriteTimeUtc(run.PathOf(made[1])), Is.EqualTo(old));
        Assert.That(Png.Read(run.PathOf(made[2])).Text["seed"], Is.EqualTo($"{made[2].Seed}"));
        Assert.That(run.ReadImages(), Is.EqualTo(made.OrderBy(m => m.Id, StringComparer.Ordinal)));
    }

    [Test]
    public void What_cannot_be_written_ends_the_work_and_who_hands_over_does_not_wait()
    {
        int tried = 0;
        using var writer = new ImageWriter((_, _) =>
        {
            tried++;
            throw new StorageException("a.png", "the disk is full");
        });
        var image = (new ImageRecord("a", "a.png", "a", "a", 1, "abc", "DDIMScheduler", 1, 7.5), new Image(1, 1, 1, [0]));
        Assert.That(() =>
        {
            for (int i = 0; i < 1000; i++)
                writer.Add(image.Item1, image.Item2);
            writer.Finish();
        }, Throws.TypeOf<StorageException>().With.Message.Contains("full"));
        Assert.That(tried, Is.EqualTo(1));
    }

    [Test]
    public void Texts_are_encoded_as_they_are_asked_for_across_windows_and_out_of_order()
    {
        var pipeline = new StableDiffusionPipeline(model);
        Grammar grammar = GrammarFile.Miniature;
        string[] texts =
        [
            .. grammar.Enumerate(PromptCategory.Combination, grammar.Objects, PromptSplit.Train).Take(70).Select(p => p.Text),
        ];
        using var states = new PromptStates(pipeline, texts, "");
        foreach (int[] batch in (int[][])[[0, 1, 1, 31], [31, 32, 63], [5, 69, 64, 5]])
        {
            using MemoryScope scope = MemoryScope.Open();
            string[] wanted = [.. batch.Select(i => texts[i])];
            TensorAssert.Close(states.Of(wanted), pipeline.Encode(wanted), 1e-5, string.Join(' ', batch));
        }
    }

    [Test]
    public void Cancelled_it_goes_on_where_it_was()
    {
        using RunFolder run = RunFolder.Open(folder["cancelled"]);
        using var source = new CancellationTokenSource();
        var afterFirstBatch = new Told(p => { if (p.Done > 8) source.Cancel(); });
        Assert.Throws<OperationCanceledException>(() => Generate(run, options, afterFirstBatch, source.Token));
        Assert.That(run.ReadImages(), Has.Count.EqualTo(4));
        Assert.That(Generate(run, options), Has.Count.EqualTo(6));
        Assert.That(run.ReadImages(), Has.Count.EqualTo(6));
    }

    [Test]
    public void A_folder_with_images_made_in_another_way_is_refused()
    {
        using RunFolder run = RunFolder.Open(folder["other"]);
        Generate(run, options);
        Assert.That(() => Generate(run, options with { Steps = 3 }), Throws.TypeOf<UsageException>().With.Message.Contains("another way"));
        Assert.That(() => Generate(run, options with { BatchSize = 0 }),
            Throws.TypeOf<UsageException>().With.Message.Contains("batch size"));
    }

    [Test]
    public void Seeds_of_neighbours_are_unrelated_and_fit_32_bits()
    {
        ulong[] seeds = [.. ImageSeed.Unrelated(1, "a", 1000).Select(i => i.Seed)];
        Assert.That(seeds.Distinct().Count(), Is.EqualTo(1000));
        Assert.That(seeds.Max(), Is.LessThanOrEqualTo(uint.MaxValue));
        Assert.That(seeds.Average(s => (double)s / uint.MaxValue), Is.EqualTo(0.5).Within(0.05));
    }

    IReadOnlyList<ImageRecord> Generate(
        RunFolder run, ImageGenerationOptions how, IProgress<StageProgress>? progress = null,
        CancellationToken cancellationToken = default, GenerationPrompt[]? prompts = null) =>
        new ImageGenerator(new StableDiffusionPipeline(model), new ModelIdentity("abc", "tiny"))
            .Run(run, prompts ?? ImageGeneratorTests.prompts, how, progress, cancellationToken);
}
