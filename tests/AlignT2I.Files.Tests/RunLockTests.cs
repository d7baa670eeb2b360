namespace AlignT2I.Files.Tests;

internal sealed class RunLockTests
{
    [Test]
    public void The_second_is_told_who_is_first()
    {
        using var folder = new TempFolder();
        string run = folder["runs/one"];
        using (RunLock.Acquire(run))
        {
            Assert.That(() => RunLock.Acquire(run), Throws.TypeOf<UsageException>()
                .With.Message.StartsWith(run).And.Message.Contains($"process {Environment.ProcessId} on {Environment.MachineName}"));
        }
        RunLock.Acquire(run).Dispose();
        Assert.That(File.Exists(Path.Combine(run, ".lock-holder")), Is.False);
    }

    [Test]
    public void What_a_killed_process_left_does_no_harm()
    {
        using var folder = new TempFolder();
        folder.With(".lock", "");
        folder.With(".lock-holder", "process 1 on elsewhere");
        RunLock.Acquire(folder.Path).Dispose();
    }

    [Test]
    public void A_hostile_holder_file_does_no_harm()
    {
        using var folder = new TempFolder();
        using RunLock held = RunLock.Acquire(folder.Path);
        folder.With(".lock-holder", new byte[1 << 20]);
        Assert.That(() => RunLock.Acquire(folder.Path), Throws.TypeOf<UsageException>().With.Message.Length.LessThan(600));
        File.Delete(folder[".lock-holder"]);
        Assert.That(() => RunLock.Acquire(folder.Path), Throws.TypeOf<UsageException>().With.Message.Contains("another process"));
    }

    [Test]
    public void A_folder_below_a_file_is_a_storage_error()
    {
        using var folder = new TempFolder();
        string file = folder.With("file", "x");
        Assert.That(() => RunLock.Acquire(Path.Combine(file, "run")), Throws.TypeOf<StorageException>());
    }
}
