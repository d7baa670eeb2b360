using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Models.Aesthetic;
using AlignT2I.Models.Pipelines;
using AlignT2I.Training.Caching;
using AlignT2I.Training.Embeddings;
using AlignT2I.Training.Finetuning;
using AlignT2I.Training.PretrainingData;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.Tests.PretrainingData;

/// <summary>Pre-training images from shards and folders.</summary>
public class CaptionedImagesTests
{
    TestFolder folder = null!;

    [SetUp]
    public void Make() => folder = new TestFolder();

    [TearDown]
    public void Remove() => folder.Dispose();

    [Test]
    public void A_shard_gives_its_images_above_the_aesthetic_score_in_order_and_is_read_once()
    {
        Shard("00000.tar",
            ("000000000.jpg.png", Noise(90, 70, 1)), ("000000000.txt", "dots"u8.ToArray()),
            // a key ends at the first dot: .jpg.png is no image
            ("000000001.png", Noise(90, 70, 2)), ("000000001.txt", "A cat"u8.ToArray()), ("000000001.json", Score(6.6)),
            ("000000002.png", Noise(64, 64, 3)), ("000000002.txt", "A dog"u8.ToArray()), ("000000002.json", Score(6.5)),
            ("000000003.png", Noise(64, 200, 4)), ("000000003.json", """{"caption": "From json", "AESTHETIC_SCORE": 9}"""u8.ToArray()));
        (IReadOnlyList<PretrainingImage> images, int skipped, int computed) = Collect(6.5, folder["00000.tar"]);
        Assert.That(images.Select(i => i.Caption), Is.EqualTo((string[])["A cat", "From json"]));
        Assert.That(skipped, Is.EqualTo(1));
        Assert.That(computed, Is.EqualTo(2));
        (IReadOnlyList<PretrainingImage> again, int stillSkipped, int none) = Collect(6.5, folder["00000.tar"]);
        Assert.That(again, Is.EqualTo(images));
        Assert.That(stillSkipped, Is.EqualTo(1));
        Assert.That(none, Is.EqualTo(2), "rows of the table, not computed again");
        Assert.That(Collect(0, folder["00000.tar"]).Images.Select(i => i.Caption), Is.EqualTo((string[])["A cat", "A dog", "From json"]));
    }

    [Test]
    public void What_cannot_be_used_is_skipped_counted_and_named()
    {
        Shard("bad.tar",
            ("a.png", Noise(64, 64, 1)), ("a.txt", "good"u8.ToArray()),
            ("b.png", Noise(64, 64, 2)[..200]), ("b.txt", "cut image"u8.ToArray()),
            ("c.png", Noise(64, 64, 3)), ("c.txt", Encoding.UTF8.GetBytes(new string('x', 10_000))),
            ("d.png", Noise(64, 64, 4)),
            ("e.txt", "no image"u8.ToArray()),
            ("f.png", Noise(64, 64, 5)), ("f.txt", "  "u8.ToArray()),
            ("g.png", Noise(64, 64, 6)), ("g.txt", "bad json"u8.ToArray()), ("g.json", "{"u8.ToArray()),
            ("../../h.png", Noise(64, 64, 7)), ("../../h.txt", "a name, no path"u8.ToArray()));
        (IReadOnlyList<PretrainingImage> images, int skipped, _) = Collect(0, folder["bad.tar"]);
        Assert.That(images.Select(i => i.Caption), Is.EqualTo((string[])["good", "a name, no path"]));
        Assert.That(skipped, Is.EqualTo(6));
        string list = File.ReadAllText(Directory.GetFiles(folder["run"], "skipped.jsonl", SearchOption.AllDirectories).Single());
        foreach (string words in (string[])["bad.tar/b", "bad.tar/c", "10000 characters", "bad.tar/d", "no caption", "bad.tar/e",
            "caption is empty", "bad.tar/g"])
            Assert.That(list, Does.Contain(words));
        Assert.That(Directory.GetFiles(System.IO.Path.GetTempPath(), "h.png"), Is.Empty);
    }

    [Test]
    public void A_shard_cut_anywhere_gives_what_came_before_the_cut()
    {
        Shard("whole.tar", ("a.png", Noise(64, 64, 1)), ("a.txt", "one"u8.ToArray()), ("b.png", Noise(64, 64, 2)),
            ("b.txt", "two"u8.ToArray()));
        byte[] whole = File.ReadAllBytes(folder["whole.tar"]);
        int found = 0;
        for (int length = 0; length < whole.Length; length += 509)
        {
            File.WriteAllBytes(folder["cut.tar"], whole[..length]);
            string[] captions = [.. new TarShard(folder["cut.tar"]).Read(_ => { }).Select(i => i.Caption)];
            Assert.That(captions, Is.EqualTo(((string[])["one", "two"])[..captions.Length]));
            Assert.That(captions, Has.Length.GreaterThanOrEqualTo(found));
            found = captions.Length;
        }
        Assert.That(found, Is.EqualTo(2));
    }

    [Test]
    public void A_compressed_shard_is_read_like_a_plain_one_and_one_that_is_cut_does_no_harm()
    {
        Directory.CreateDirectory(folder["shards"]);
        Shard("shards/a.tar", ("a.png", Noise(64, 64, 1)), ("a.txt", "one"u8.ToArray()));
        Shard("b.tar", ("b.png", Noise(64, 64, 2)), ("b.txt", "two"u8.ToArray()));
        using (FileStream plain = File.OpenRead(folder["b.tar"]))
        using (var compressed = new GZipStream(File.Create(folder["shards/b.tar.gz"]), CompressionLevel.Fastest))
            plain.CopyTo(compressed);
        Assert.That(Collect(0, folder["shards"]).Images.Select(i => i.Caption), Is.EqualTo((string[])["one", "two"]));

        byte[] whole = File.ReadAllBytes(folder["shards/b.tar.gz"]);
        for (int length = 0; length < whole.Length; length += 331)
        {
            File.WriteAllBytes(folder["cut.tgz"], whole[..length]);
            Assert.That(new TarShard(folder["cut.tgz"]).Read(_ => { }).Select(i => i.Caption), Is.SubsetOf((string[])["two"]));
        }
    }

    [Test]
    public void A_shard_that_has_grown_is_read_again()
    {
        Shard("grows.tar", ("a.png", Noise(64, 64, 1)), ("a.txt", "one"u8.ToArray()));
        Assert.That(Collect(0, folder["grows.tar"]).Images, Has.Count.EqualTo(1));
        Shard("grows.tar", ("a.png", Noise(64, 64, 1)), ("a.txt", "one"u8.ToArray()), ("b.png", Noise(64, 64, 2)),
            ("b.txt", "two"u8.ToArray()));
        Assert.That(Collect(0, folder["grows.tar"]).Images.Select(i => i.Caption), Is.EqualTo((string[])["one", "two"]));
    }

    [Test]
    public void A_caption_that_was_edited_is_read_again([Values] bool inShard)
    {
        Write("one");
        string path = folder[inShard ? "edited.tar" : "edited"];
        Assert.That(Collect(0, path).Images.Single().Caption, Is.EqualTo("one"));
        Write("two");       // as long as before
        Assert.That(Collect(0, path).Images.Single().Caption, Is.EqualTo("two"));

        void Write(string caption)
        {
            if (inShard)
            {
                Shard("edited.tar", ("a.png", Noise(64, 64, 1)), ("a.txt", Encoding.UTF8.GetBytes(caption)));
                return;
            }
            Directory.CreateDirectory(folder["edited"]);
            File.WriteAllBytes(folder["edited/a.png"], Noise(64, 64, 1));
            File.WriteAllText(folder["edited/a.txt"], caption);
        }
    }

    [Test]
    public void Latents_that_were_deleted_are_made_again()
    {
        Shard("a.tar", ("a.png", Noise(64, 64, 1)), ("a.txt", "one"u8.ToArray()));
        Collect(0, folder["a.tar"]);
        string latents = Directory.GetDirectories(folder["run/latents"], "latents-*").Single();
        Directory.Delete(latents, recursive: true);
        (IReadOnlyList<PretrainingImage> images, _, int rows) = Collect(0, folder["a.tar"]);
        Assert.That(images.Single().Caption, Is.EqualTo("one"));
        Assert.That(rows, Is.EqualTo(1));
    }

    [Test]
    public void A_shard_that_grows_while_it_is_read_gives_its_beginning_and_is_read_again()
    {
        Shard("whole.tar", ("a.png", Noise(64, 64, 1)), ("a.txt", "one"u8.ToArray()), ("b.png", Noise(64, 64, 2)),
            ("b.txt", "two"u8.ToArray()), ("c.png", Noise(64, 64, 3)), ("c.txt", "three"u8.ToArray()));
        byte[] whole = File.ReadAllBytes(folder["whole.tar"]);
        int within = whole.Length / 2;     // within the second picture, of which the header is there
        File.WriteAllBytes(folder["grows.tar"], whole[..within]);
        var shard = new TarShard(folder["grows.tar"]);
        string stamp = shard.Stamp();
        List<string> captions = [], problems = [];
        foreach (CaptionedImage image in shard.Read(e => problems.Add(e.Message)))
        {
            captions.Add(image.Caption);
            if (captions.Count == 1)
                File.AppendAllBytes(folder["grows.tar"], whole[within..]);
        }
        Assert.That(captions, Is.EqualTo(((string[])["one", "two", "three"])[..captions.Count]));
        Assert.That(captions.Count < 3, Is.EqualTo(problems.Count > 0), "what is not read is reported");
        Assert.That(shard.Stamp(), Is.Not.EqualTo(stamp), "it counts as read up to where it was when reading began");

        File.WriteAllBytes(folder["grows.tar"], whole[..within]);
        (IReadOnlyList<PretrainingImage> images, int skipped, _) = Collect(0, folder["grows.tar"]);
        Assert.That((images.Count, skipped), Is.EqualTo((1, 1)));
        File.WriteAllBytes(folder["grows.tar"], whole);
        (images, skipped, _) = Collect(0, folder["grows.tar"]);
        Assert.That(images.Select(i => i.Caption), Is.EqualTo((string[])["one", "two", "three"]));
        Assert.That(skipped, Is.Zero, "of the last reading");
    }

    [Test]
    public void Links_and_random_bytes_do_no_harm()
    {
        using (var writer = new TarWriter(File.Create(folder["links.tar"])))
        {
            writer.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, "a.png") { LinkName = "/etc/passwd" });
            writer.WriteEntry(new PaxTarEntry(TarEntryType.HardLink, "a.txt") { LinkName = "/etc/passwd" });
        }
        List<string> problems = [];
        Assert.That(new TarShard(folder["links.tar"]).Read(e => problems.Add(e.Message)), Is.Empty);
        Assert.That(problems, Has.Count.EqualTo(2).And.All.Contains("only files are read"));

        Shard("good.tar", ("a.png", Noise(64, 64, 1)), ("a.txt", "one"u8.ToArray()), ("b.txt", "two"u8.ToArray()));
        byte[] good = File.ReadAllBytes(folder["good.tar"]);
        var random = new Random(7);
        for (int round = 0; round < 300; round++)
        {
            byte[] bytes = (byte[])good.Clone();
            for (int i = 0; i < 8; i++)
                bytes[random.Next(round % 2 == 0 ? 512 : bytes.Length)] = (byte)random.Next(256);
            File.WriteAllBytes(folder["random.tar"], bytes);
            Assert.That(() => new TarShard(folder["random.tar"]).Read(_ => { }).Count(), Is.LessThanOrEqualTo(2));
        }
    }

    [Test]
    public void A_folder_of_images_and_captions_is_read_in_the_order_of_names()
    {
        Directory.CreateDirectory(folder["pictures/below"]);
        File.WriteAllBytes(folder["pictures/b.png"], Noise(80, 64, 1));
        File.WriteAllText(folder["pictures/b.txt"], "second");
        File.WriteAllBytes(folder["pictures/a.png"], Noise(80, 64, 2));
        File.WriteAllText(folder["pictures/a.txt"], "first");
        File.WriteAllBytes(folder["pictures/below/c.png"], Noise(80, 64, 3));
        Assert.That(Collect(0, folder["pictures"]).Images.Select(i => i.Caption), Is.EqualTo((string[])["first", "second"]));
    }

    [Test]
    public void Without_score_and_predictor_and_without_files_it_says_what_to_do()
    {
        Shard("plain.tar", ("a.png", Noise(64, 64, 1)), ("a.txt", "one"u8.ToArray()));
        Assert.That(() => Collect(6.5, folder["plain.tar"]),
            Throws.TypeOf<UsageException>().With.Message.Contains("give an aesthetic predictor"));
        Assert.That(() => Collect(0, folder["none"]), Throws.TypeOf<UsageException>().With.Message.Contains("no such file or folder"));
    }

    [Test]
    public void Images_without_a_score_are_scored_by_the_predictor()
    {
        Shard("plain.tar", ("a.png", Noise(64, 64, 1)), ("a.txt", "one"u8.ToArray()), ("b.png", Noise(90, 64, 2)),
            ("b.txt", "two"u8.ToArray()));
        string predictor = Directory.CreateDirectory(folder["predictor"]).FullName;
        var config = new AestheticPredictorConfig { EmbedDim = 8, HiddenSizes = [] };
        config.Write(System.IO.Path.Combine(predictor, "config.json"));
        using (var store = new ParameterStore(new RandomParameters(3)))
        {
            _ = new AestheticPredictor(store.Root, config);
            ParameterFile.Save(System.IO.Path.Combine(predictor, "model.safetensors"), store.Parameters);
        }
        TinyModel.Write(folder["model"]);
        using ClipEmbedder clip = ClipEmbedder.Load(folder["model"]);
        using AestheticScorer scorer = AestheticScorer.Load(predictor);
        using MemoryScope scope = MemoryScope.Open();
        Image[] images = [.. new TarShard(folder["plain.tar"]).Read(_ => { }).Select(i => ImageFile.Decode(i.Bytes, i.Name))];
        float[] scores = scorer.Score(clip.EmbedImages(images));
        double between = (scores[0] + scores[1]) / 2;
        Assert.That(Collect(between, predictor, folder["plain.tar"]).Images.Select(i => i.Caption),
            Is.EqualTo((string[])[scores[0] > between ? "one" : "two"]));
    }

    (IReadOnlyList<PretrainingImage> Images, int Skipped, int Rows) Collect(double above, string path) => Collect(above, null, path);

    (IReadOnlyList<PretrainingImage> Images, int Skipped, int Rows) Collect(double above, string? predictor, string path)
    {
        if (!Directory.Exists(folder["model"]))
            TinyModel.Write(folder["model"]);
        using RunFolder run = RunFolder.Open(folder["run"]);
        using StableDiffusionModel model = StableDiffusionModel.Load(folder["model"]);
        using ClipEmbedder clip = ClipEmbedder.Load(folder["model"]);
        using var latents = new LatentCache(run, model, "hash");
        using AestheticFilter filter = AestheticFilter.Load(above, predictor);
        var source = new CaptionedImages([path], filter, clip, run);
        IReadOnlyList<PretrainingImage> images = source.Collect(latents, null, default);
        using RowTable table = RowTable.Open(System.IO.Path.Combine(run.LatentsFolder, "latents-hash"), [16, 16, 4]);
        Assert.That(images.All(i => table.Has(i.Key)));
        return (images, source.Skipped, table.Count);
    }

    static byte[] Score(double value) =>
        Encoding.UTF8.GetBytes(FormattableString.Invariant($$"""{"aesthetic_score": {{value}}, "width": 90}"""));

    static byte[] Noise(int width, int height, int seed)
    {
        byte[] pixels = new byte[width * height * 3];
        new Random(seed).NextBytes(pixels);
        return Png.Encode(new Image(width, height, 3, pixels));
    }

    void Shard(string name, params (string Name, byte[] Content)[] files)
    {
        using var writer = new TarWriter(File.Create(folder[name]), TarEntryFormat.Ustar);
        foreach ((string file, byte[] content) in files)
            writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, file) { DataStream = new MemoryStream(content) });
    }
}
