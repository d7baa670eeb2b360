using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Training.Caching;

namespace AlignT2I.Training.Tests.Caching;

public class RowTableTests
{
    static readonly string[] keys = ["a", "b \"quoted\" é", "c\nnext line", "d", "e"];

    [Test]
    public void A_table_of_several_files_reads_back_and_gathers_rows_in_any_order()
    {
        using var folder = new TestFolder();
        using MemoryScope scope = MemoryScope.Open();
        using RowTable table = Write(folder["table"], rows: 5);
        using RowTable read = RowTable.Open(folder["table"], [2, 2]);
        Assert.That(Directory.GetFiles(folder["table"], "*.rows"), Has.Length.EqualTo(3));
        Assert.That(read.Keys, Is.EqualTo(keys));
        Tensor rows = read.Gather([3, 0, 4]);
        Assert.That(rows.Shape.ToArray(), Is.EqualTo((int[])[3, 2, 2]));
        Assert.That(rows.ToArray<float>(), Is.EqualTo((float[])[12, 13, 14, 15, 0, 1, 2, 3, 16, 17, 18, 19]));
    }

    [Test]
    public void It_grows_while_it_is_read()
    {
        using var folder = new TestFolder();
        using RowTable table = RowTable.Open(folder["table"], [2, 2], rowsPerShard: 2);
        for (int i = 0; i < keys.Length; i++)
        {
            table.Add(keys[i], Row(i));
            for (int j = 0; j <= i; j++)
                Assert.That(table.Row(j).ToArray(), Is.EqualTo(Row(j)));
        }
    }

    [Test]
    public void Rows_whose_keys_a_kill_cut_off_are_made_again_and_the_others_stay()
    {
        using var folder = new TestFolder();
        Write(folder["table"], rows: 4).Dispose();
        string keysFile = folder["table/keys.jsonl"];
        byte[] written = File.ReadAllBytes(keysFile);
        for (int length = 0; length <= written.Length; length++)        // a kill at any byte
        {
            File.WriteAllBytes(keysFile, written[..length]);
            using RowTable table = RowTable.Open(folder["table"], [2, 2]);
            for (int i = table.Count; i < keys.Length; i++)
                table.Add(keys[i], Row(i));
            using RowTable read = RowTable.Open(folder["table"], [2, 2]);
            Assert.That(read.Keys, Is.EqualTo(keys), $"{length} bytes");
            for (int i = 0; i < keys.Length; i++)
                Assert.That(read.Row(i).ToArray(), Is.EqualTo(Row(i)), $"{length} bytes");
        }
    }

    [Test]
    public void An_interrupted_cache_goes_on_after_its_last_batch()
    {
        using var folder = new TestFolder();
        using var source = new CancellationTokenSource();
        List<string> computed = [];
        using (var cache = new RowCache(folder["table"], [2, 2]))
            Assert.Throws<OperationCanceledException>(() => Ensure(cache, new Told(p => source.Cancel()), source.Token));
        Assert.That(computed, Is.EqualTo(keys[..2]));
        using var again = new RowCache(folder["table"], [2, 2]);
        RowTable table = Ensure(again, null, default);
        Assert.That(computed, Is.EqualTo(keys));
        Assert.That(table[keys[4]].ToArray(), Is.EqualTo(Row(4)));

        RowTable Ensure(RowCache cache, IProgress<StageProgress>? progress, CancellationToken token) =>
            cache.Ensure(keys, k => k, batch =>
            {
                computed.AddRange(batch);
                float[] rows = [.. batch.SelectMany(k => Row(Array.IndexOf(keys, k)))];
                return Tensor.From(rows, [batch.Count, 2, 2]);
            }, batchSize: 2, "compute", progress, token);
    }

    [TestCase(DType.BF16, 3.140625f)]
    [TestCase(DType.F16, 3.140625f)]
    public void Rows_of_half_precision_take_half_the_room_and_are_rounded_once(DType dtype, float pi)
    {
        using var folder = new TestFolder();
        using MemoryScope scope = MemoryScope.Open();
        float[] row = [3.1415926f, -0.5f, 0, 1e-3f];
        RowTable memory = new([2, 2], dtype);
        using (RowTable table = RowTable.Open(folder["table"], [2, 2], dtype))
        {
            foreach (RowTable each in (RowTable[])[table, memory])
                each.Add("a", row);
        }
        using RowTable read = RowTable.Open(folder["table"], [2, 2], dtype);
        Assert.That(new FileInfo(folder["table/00000.rows"]).Length, Is.EqualTo(8));
        foreach (RowTable each in (RowTable[])[read, memory])
        {
            Tensor gathered = each.Gather([0, 0]);
            Assert.That(gathered.DType, Is.EqualTo(dtype));
            float[] expected = F.Cast(F.Cast(Tensor.From(row, [4]), dtype), DType.F32).ToArray<float>();
            Assert.That(each.Row(0).ToArray(), Is.EqualTo(expected));
            Assert.That(each.Row(0)[0], Is.EqualTo(pi));
            Assert.That(F.Cast(gathered, DType.F32).ToArray<float>(), Is.EqualTo((float[])[.. expected, .. expected]));
        }
        Assert.That(() => RowTable.Open(folder["table"], [2, 2]), Refused($"its rows are {dtype.Name} of shape [2, 2]; expected float32"));
    }

    [Test]
    public void Damage_is_named_with_what_to_do()
    {
        using var folder = new TestFolder();
        Write(folder["table"], rows: 5).Dispose();
        Assert.That(() => RowTable.Open(folder["table"], [3]),
            Refused("its rows are float32 of shape [2, 2]; expected float32 of shape [3]"));
        using (FileStream first = File.OpenWrite(folder["table/00000.rows"]))
            first.SetLength(31);
        Assert.That(() => RowTable.Open(folder["table"], [2, 2]), Refused("00000.rows: it has 31 bytes; at least 32"));
        File.Delete(folder["table/00000.rows"]);
        Assert.That(() => RowTable.Open(folder["table"], [2, 2]), Refused("00000.rows: it has 0 bytes"));
        File.AppendAllText(folder["table/keys.jsonl"], "\"a\"\n");
        Assert.That(() => RowTable.Open(folder["table"], [2, 2]), Refused("keys.jsonl:6: the key 'a' occurs twice"));
        File.WriteAllText(folder["table/table.json"], "");
        Assert.That(() => RowTable.Open(folder["table"], [2, 2]), Refused("does not describe a table"));
    }

    [Test]
    public void Two_tables_of_one_folder_do_not_overwrite_each_other()
    {
        using var folder = new TestFolder();
        using RowTable one = Write(folder["table"], rows: 2), other = RowTable.Open(folder["table"], [2, 2]);
        one.Add("new", Row(2));
        Assert.That(() => other.Add("newer", Row(3)), Throws.InvalidOperationException);
        other.Refresh();
        other.Add("newer", Row(3));
        Assert.That(other.Keys, Is.EqualTo((string[])[keys[0], keys[1], "new", "newer"]));
    }

    static RowTable Write(string folder, int rows)
    {
        RowTable table = RowTable.Open(folder, [2, 2], rowsPerShard: 2);
        table.Add(keys[..rows], Enumerable.Range(0, rows).SelectMany(Row).ToArray());
        return table;
    }

    static float[] Row(int index) => [4 * index, 4 * index + 1, 4 * index + 2, 4 * index + 3];

    static NUnit.Framework.Constraints.IResolveConstraint Refused(string message) =>
        Throws.TypeOf<FileFormatException>().With.Message.Contains(message).And.Message.Contains("Delete the folder");
}
