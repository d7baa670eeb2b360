namespace AlignT2I.Files.Tests;

internal sealed class AtomicFolderTests
{
    TempFolder folder = null!;

    [SetUp]
    public void Make() => folder = new TempFolder();

    [TearDown]
    public void Remove() => folder.Dispose();

    [Test]
    public void Nothing_is_seen_under_the_name_before_the_commit()
    {
        using (AtomicFolder model = AtomicFolder.Create(folder["model"]))
        {
            File.WriteAllText(Path.Combine(model.TemporaryPath, "config.json"), "{}");
            Assert.That(Directory.Exists(folder["model"]), Is.False);
            model.Commit();
        }
        Assert.That(Directory.EnumerateFileSystemEntries(folder["model"]).Select(Path.GetFileName), Is.EqualTo(new[] { "config.json" }));
        Assert.That(Directory.EnumerateFileSystemEntries(folder.Path).Count(), Is.EqualTo(1));
    }

    [Test]
    public void Without_a_commit_the_old_folder_stays_as_it_was()
    {
        Directory.CreateDirectory(folder["model"]);
        File.WriteAllText(Path.Combine(folder["model"], "old"), "");
        using (AtomicFolder model = AtomicFolder.Create(folder["model"]))
            File.WriteAllText(Path.Combine(model.TemporaryPath, "new"), "");
        Assert.That(Directory.EnumerateFileSystemEntries(folder["model"]).Select(Path.GetFileName), Is.EqualTo(new[] { "old" }));
        Assert.That(Directory.EnumerateFileSystemEntries(folder.Path).Count(), Is.EqualTo(1), "no temporary folder stays");
    }

    [Test]
    public void A_commit_replaces_the_old_folder_whole()
    {
        Directory.CreateDirectory(folder["model"]);
        File.WriteAllText(Path.Combine(folder["model"], "old"), "");
        using (AtomicFolder model = AtomicFolder.Create(folder["model"] + Path.DirectorySeparatorChar))
        {
            File.WriteAllText(Path.Combine(model.TemporaryPath, "new"), "");
            model.Commit();
        }
        Assert.That(Directory.EnumerateFileSystemEntries(folder["model"]).Select(Path.GetFileName), Is.EqualTo(new[] { "new" }));
        Assert.That(Directory.EnumerateFileSystemEntries(folder.Path).Count(), Is.EqualTo(1));
    }

    [Test]
    public void What_a_killed_process_left_is_removed()
    {
        Directory.CreateDirectory(Path.Combine(folder["model.tmp"], "unet"));
        File.WriteAllText(Path.Combine(folder["model.tmp"], ".unfinished"), "");
        File.WriteAllText(Path.Combine(folder["model.tmp"], "unet", "half"), "");
        using (AtomicFolder model = AtomicFolder.Create(folder["model"]))
            model.Commit();
        Assert.That(Directory.EnumerateFileSystemEntries(folder["model"]), Is.Empty);
    }

    [Test]
    public void A_folder_that_only_has_the_temporary_name_is_not_touched()
    {
        Directory.CreateDirectory(folder["model.tmp"]);
        File.WriteAllText(Path.Combine(folder["model.tmp"], "thesis.txt"), "");
        UsageException e = Assert.Throws<UsageException>(() => AtomicFolder.Create(folder["model"]))!;
        Assert.That(e.Message, Does.Contain("model.tmp").And.Contain("taken"));
        Assert.That(File.Exists(Path.Combine(folder["model.tmp"], "thesis.txt")));
    }

    [Test]
    public void Two_writers_of_one_folder_do_not_mix()
    {
        using AtomicFolder first = AtomicFolder.Create(folder["model"]);
        File.WriteAllText(Path.Combine(first.TemporaryPath, "mine"), "");
        UsageException e = Assert.Throws<UsageException>(() => AtomicFolder.Create(folder["model"]))!;
        Assert.That(e.Message, Does.Contain("another process"));
        Assert.That(File.Exists(Path.Combine(first.TemporaryPath, "mine")));
    }

    [Test]
    public void A_missing_folder_around_it_is_named() =>
        Assert.That(() => AtomicFolder.Create(folder["nowhere/model"]),
            Throws.TypeOf<StorageException>().With.Message.Contains("does not exist"));
}
