using AlignT2I.Engine;
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
        RowTable first = new EmbeddingCache(run, clip).Images([record], new Told(_ => reports++));
        RowTable again = new EmbeddingCache(run, clip).Images([record], new Told(_ => reports++));
        Assert.That(reports, Is.EqualTo(1));
        Assert.That(again[EmbeddingCache.Key(record)].ToArray(), Is.EqualTo(first[EmbeddingCache.Key(record)].ToArray()));
        Assert.That(Math.Sqrt(first.Row(0).ToArray().Sum(v => (double)v * v)), Is.EqualTo(1).Within(1e-6));
        ImageRecord anew = Noise(run, seed: 2);
        RowTable both = new EmbeddingCache(run, clip).Images([record, anew], new Told(_ => reports++));
        Assert.That(reports, Is.EqualTo(2));
        Assert.That(both.Count, Is.EqualTo(2));
    }

    [Test]
    public void Another_clip_has_a_cache_of_its_own()
    {
        using var folder = new TestFolder();
        using RunFolder run = RunFolder.Open(folder["run"]);
        using ClipEmbedder one = ClipEmbedder.Load(TinyModel.Write(folder["one"], seed: 1)), other = ClipEmbedder.Load(TinyModel.Write(folder["other"], seed: 9));
        float[] a = new EmbeddingCache(run, one).Texts(["A star"])["A star"].ToArray(), b = new EmbeddingCache(run, other).Texts(["A star"])["A star"].ToArray();
        Assert.That(a, Is.Not.EqualTo(b));
    }

    [Test]
    public void A_damaged_cache_is_named_with_what_to_do()
    {
        using var folder = new TestFolder();
        using ClipEmbedder clip = ClipEmbedder.Load(TinyModel.Write(folder["model"]));
        using RunFolder run = RunFolder.Open(folder["run"]);
        new EmbeddingCache(run, clip).Texts(["A star"]);
        string file = Directory.GetFiles(run.EmbeddingsFolder)[0];
        new RowTable([3]).Save(file);
        Assert.That(() => new EmbeddingCache(run, clip).Texts(["A star"]), Throws.TypeOf<FileFormatException>().With.Message.Contains("Delete the file"));
    }

    [Test]
    public void A_table_reads_back_and_gathers_rows_in_any_order()
    {
        using var folder = new TestFolder();
        using MemoryScope scope = MemoryScope.Open();
        RowTable table = new([2, 2]);
        table.Add("a", [1, 2, 3, 4]);
        table.Add("b \"quoted\" é", [5, 6, 7, 8]);
        table.Save(folder["table.safetensors"]);
        RowTable read = RowTable.LoadOrEmpty(folder["table.safetensors"], [2, 2]);
        Assert.That(read.Keys, Is.EqualTo(table.Keys));
        Tensor rows = read.Gather([1, 0, 1]);
        Assert.That(rows.Shape.ToArray(), Is.EqualTo((int[])[3, 2, 2]));
        Assert.That(rows.ToArray<float>(), Is.EqualTo((float[])[5, 6, 7, 8, 1, 2, 3, 4, 5, 6, 7, 8]));
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
