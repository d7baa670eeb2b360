using System.Text;

namespace AlignT2I.Files.Tests;

internal sealed class AtomicFileTests
{
    [Test]
    public void Writes_and_replaces()
    {
        using var folder = new TempFolder();
        string path = folder["a.txt"];
        AtomicFile.WriteAllText(path, "one");
        AtomicFile.WriteAllText(path, "zwölf");
        Assert.That(File.ReadAllBytes(path), Is.EqualTo(Encoding.UTF8.GetBytes("zwölf")));
        Assert.That(Directory.GetFiles(folder.Path), Is.EqualTo(new[] { path }));
    }

    [Test]
    public void A_failure_on_the_way_leaves_the_old_file_and_nothing_else()
    {
        using var folder = new TempFolder();
        string path = folder.With("a.txt", "old");
        Assert.Throws<InvalidDataException>(() => AtomicFile.Write(path, stream =>
        {
            stream.Write(new byte[100_000]);
            throw new InvalidDataException("the producer failed");
        }));
        using (AtomicFile file = AtomicFile.Create(path))
            file.WriteAt(0, "new"u8);
        Assert.That(File.ReadAllText(path), Is.EqualTo("old"));
        Assert.That(Directory.GetFiles(folder.Path), Is.EqualTo(new[] { path }));
    }

    [Test]
    public void What_a_killed_writer_left_is_overwritten()
    {
        using var folder = new TempFolder();
        folder.With("a.txt.tmp", "much longer than what follows");
        AtomicFile.WriteAllText(folder["a.txt"], "new");
        Assert.That(File.ReadAllText(folder["a.txt"]), Is.EqualTo("new"));
        Assert.That(File.Exists(folder["a.txt.tmp"]), Is.False);
    }

    [Test]
    public void Two_writers_of_one_file_do_not_mix()
    {
        using var folder = new TempFolder();
        using AtomicFile first = AtomicFile.Create(folder["a.txt"]);
        Assert.That(() => AtomicFile.Create(folder["a.txt"]),
            Throws.TypeOf<StorageException>().With.Message.Contains("another process has it open"));
        first.WriteAt(0, "first"u8);
        first.Commit();
        Assert.That(File.ReadAllText(folder["a.txt"]), Is.EqualTo("first"));
    }

    [Test]
    public void A_missing_folder_or_a_file_as_folder_is_said()
    {
        using var folder = new TempFolder();
        string file = folder.With("file", "x");
        Assert.That(() => AtomicFile.WriteAllText(folder["none/a.txt"], "x"),
            Throws.TypeOf<StorageException>().With.Message.StartsWith(folder["none/a.txt"]).And.Message.Contains("create the folder"));
        Assert.That(() => AtomicFile.WriteAllText(Path.Combine(file, "a.txt"), "x"), Throws.TypeOf<StorageException>());
        Assert.That(() => AtomicFile.WriteAllText(folder.Path, "x"), Throws.TypeOf<StorageException>());
        Assert.That(Directory.GetFileSystemEntries(folder.Path), Is.EqualTo(new[] { file }));
        Assert.That(File.Exists(folder.Path + ".tmp"), Is.False);
    }

    [Test]
    public void A_full_disk_is_said_and_leaves_the_old_file()
    {
        using SmallDisk disk = SmallDisk.OfKiB(64);
        AtomicFile.WriteAllText(disk["a.bin"], "old");
        foreach (Action write in new Action[]
        {
            () => AtomicFile.WriteAllBytes(disk["a.bin"], new byte[1 << 20]),
            () => AtomicFile.Write(disk["a.bin"], stream => stream.Write(new byte[1 << 20])),
        })
        {
            Assert.That(() => write(), Throws.TypeOf<StorageException>().With.Message.StartsWith(disk["a.bin"])
                .And.Message.Contains("the disk is full"));
            Assert.That(File.ReadAllText(disk["a.bin"]), Is.EqualTo("old"));
            Assert.That(Directory.GetFiles(disk.Path), Is.EqualTo(new[] { disk["a.bin"] }));
        }
    }

    [Test]
    public void A_read_only_folder_is_said()
    {
        using SmallDisk disk = SmallDisk.OfKiB(64);
        File.WriteAllText(disk["a.bin"], "old");
        disk.MakeReadOnly();
        Assert.That(() => AtomicFile.WriteAllText(disk["a.bin"], "new"),
            Throws.TypeOf<StorageException>().With.Message.Contains("read-only"));
        Assert.That(() => RunLock.Acquire(disk.Path), Throws.TypeOf<StorageException>().With.Message.Contains("read-only"));
        Assert.That(File.ReadAllText(disk["a.bin"]), Is.EqualTo("old"));
    }
}
