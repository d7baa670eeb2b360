using AlignT2I.Feedback;
using AlignT2I.Files;
using AlignT2I.Training.Caching;
using AlignT2I.Training.Embeddings;
using AlignT2I.Training.Runs;

namespace AlignT2I.Training.Tests.Embeddings;

public class EmbeddingCacheTests
{
    [Test]
    public void Embeddings_are_of_length_one_and_computed_once()
    {
        using var folder = new TestFolder();
        using ClipEmbedder clip = ClipEmbedder.Load(TinyModel.Write(folder["model"]));
        using RunFolder run = RunFolder.Open(folder["run"]);
        ImageRecord record = Noise(run, seed: 1);
        int reports = 0;
        using EmbeddingCache cache = new(run, clip), later = new(run, clip);
        RowTable first = cache.Images([record], new Told(_ => reports++));
        RowTable again = later.Images([record], new Told(_ => reports++));
        Assert.That(reports, Is.EqualTo(1));
        Assert.That(again[EmbeddingCache.Key(record)].ToArray(), Is.EqualTo(first[EmbeddingCache.Key(record)].ToArray()));
        Assert.That(Math.Sqrt(first.Row(0).ToArray().Sum(v => (double)v * v)), Is.EqualTo(1).Within(1e-6));
        ImageRecord anew = Noise(run, seed: 2);
        RowTable both = later.Images([record, anew], new Told(_ => reports++));
        Assert.That(reports, Is.EqualTo(2));
        Assert.That(both.Count, Is.EqualTo(2));
        Assert.That(cache.Images([anew], new Told(_ => reports++)).Count, Is.EqualTo(2));
        Assert.That(reports, Is.EqualTo(2));
    }

    [Test]
    public void Another_clip_has_a_cache_of_its_own()
    {
        using var folder = new TestFolder();
        using RunFolder run = RunFolder.Open(folder["run"]);
        using ClipEmbedder one = ClipEmbedder.Load(TinyModel.Write(folder["one"], seed: 1));
        using ClipEmbedder other = ClipEmbedder.Load(TinyModel.Write(folder["other"], seed: 9));
        using EmbeddingCache ofOne = new(run, one), ofOther = new(run, other);
        float[] a = ofOne.Texts(["A star"])["A star"].ToArray(), b = ofOther.Texts(["A star"])["A star"].ToArray();
        Assert.That(a, Is.Not.EqualTo(b));
    }

    static ImageRecord Noise(RunFolder run, ulong seed)
    {
        RunFolder.Make(run.ImagesFolder);
        byte[] pixels = new byte[64 * 64 * 3];
        new Random((int)seed).NextBytes(pixels);
        var record = new ImageRecord("a-0000", "images/a-0000.png", "a", "A star", seed, "x", "none", 1, 1);
        Png.Write(run.PathOf(record), new Image(64, 64, 3, pixels));
        return record;
    }
}
