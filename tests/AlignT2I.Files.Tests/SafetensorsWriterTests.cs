using System.Runtime.InteropServices;

namespace AlignT2I.Files.Tests;

internal sealed class SafetensorsWriterTests
{
    static readonly SafetensorsEntry[] entries =
    [
        new("bytes", SafetensorsDType.UInt8, [3]),
        new("half", SafetensorsDType.Float16, [2, 5]),
        new("wide", SafetensorsDType.Float64, [2]),
        new("single", SafetensorsDType.Float32, []),
        new("none", SafetensorsDType.Int64, [0, 4]),
    ];

    [Test]
    public void Round_trip_in_any_order_and_in_pieces()
    {
        using var folder = new TempFolder();
        string path = folder["m.safetensors"];
        byte[] half = Enumerable.Range(1, 20).Select(i => (byte)i).ToArray();
        var metadata = new Dictionary<string, string> { ["z"] = "ü\n", ["a"] = "\"" };
        using (SafetensorsWriter writer = SafetensorsWriter.Create(path, entries, metadata))
        {
            writer.Write("half", half.AsSpan(0, 7));
            writer.Write("bytes", [7, 8, 9]);
            writer.Write("half", half.AsSpan(7));
            writer.Write("single", BitConverter.GetBytes(1.5f));
            writer.Write("wide", MemoryMarshal.AsBytes<double>([1.25, double.NaN]));
            Assert.That(File.Exists(path), Is.False, "visible before it is whole");
            writer.Commit();
        }
        Assert.That(Directory.GetFiles(folder.Path), Is.EqualTo(new[] { path }));
        using SafetensorsFile file = SafetensorsFile.Open(path);
        Assert.That(file.Metadata, Is.EqualTo(metadata));
        Assert.That(file.Tensors.Select(t => t.Name), Is.EqualTo(new[] { "wide", "none", "single", "half", "bytes" }));
        Assert.That(file.Tensors.Select(t => t.Offset % t.DType.Size()), Is.All.Zero, "unaligned");
        foreach (SafetensorsEntry entry in entries)
        {
            Assert.That(file[entry.Name].DType, Is.EqualTo(entry.DType));
            Assert.That(file[entry.Name].Shape, Is.EqualTo(entry.Shape));
        }
        Assert.That(file.GetBytes("half").ToArray(), Is.EqualTo(half));
        Assert.That(file.GetBytes("bytes").ToArray(), Is.EqualTo(new byte[] { 7, 8, 9 }));
        Assert.That(MemoryMarshal.Cast<byte, double>(file.GetBytes("wide")).ToArray(), Is.EqualTo(new[] { 1.25, double.NaN }));
    }

    [Test]
    public void The_same_content_gives_the_same_bytes()
    {
        using var folder = new TempFolder();
        SafetensorsEntry[] one = [new("w", SafetensorsDType.UInt8, [1])];
        foreach (string[] keys in new string[][] { ["a", "b"], ["b", "a"] })
        {
            using SafetensorsWriter writer = SafetensorsWriter.Create(folder[keys[0]], one, keys.ToDictionary(k => k, k => k + k));
            writer.Write("w", [1]);
            writer.Commit();
        }
        Assert.That(File.ReadAllBytes(folder["a"]), Is.EqualTo(File.ReadAllBytes(folder["b"])));
    }

    [Test]
    public void An_empty_file_is_written_and_read()
    {
        using var folder = new TempFolder();
        using (SafetensorsWriter writer = SafetensorsWriter.Create(folder["m"], []))
            writer.Commit();
        using SafetensorsFile file = SafetensorsFile.Open(folder["m"]);
        Assert.That(file.Tensors, Is.Empty);
    }

    [Test]
    public void Mistakes_of_the_caller_leave_the_old_file()
    {
        using var folder = new TempFolder();
        string path = folder.With("m.safetensors", "old");
        using (SafetensorsWriter writer = SafetensorsWriter.Create(path, entries))
        {
            Assert.Throws<ArgumentException>(() => writer.Write("other", [1]));
            Assert.Throws<ArgumentException>(() => writer.Write("bytes", new byte[4]));
            writer.Write("bytes", new byte[2]);
            Assert.That(writer.Commit, Throws.InvalidOperationException);
        }
        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Create(path, [entries[0], entries[0]]));
        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Create(path, [new("__metadata__", SafetensorsDType.UInt8, [1])]));
        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Create(path, [new("n", SafetensorsDType.UInt8, [-1, -1])]));
        Assert.Throws<ArgumentException>(() => SafetensorsWriter.Create(path, [new("n", SafetensorsDType.Float32, [1L << 62])]));
        Assert.That(File.ReadAllText(path), Is.EqualTo("old"));
        Assert.That(Directory.GetFiles(folder.Path), Is.EqualTo(new[] { path }));
    }

    [Test]
    public void A_full_disk_is_said_and_leaves_the_old_file()
    {
        using SmallDisk disk = SmallDisk.OfKiB(64);
        string path = disk["m.safetensors"];
        File.WriteAllText(path, "old");
        Assert.That(() =>
        {
            using SafetensorsWriter writer = SafetensorsWriter.Create(path, [new("w", SafetensorsDType.UInt8, [1 << 20])]);
            for (int i = 0; i < 16; i++)
                writer.Write("w", new byte[1 << 16]);
            writer.Commit();
        }, Throws.TypeOf<StorageException>().With.Message.StartsWith(path).And.Message.Contains("the disk is full"));
        Assert.That(File.ReadAllText(path), Is.EqualTo("old"));
        Assert.That(Directory.GetFiles(disk.Path), Is.EqualTo(new[] { path }));
    }
}
