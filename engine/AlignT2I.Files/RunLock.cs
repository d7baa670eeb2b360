using System.Text;

namespace AlignT2I.Files;

/// <summary>
/// The right of one process to write into a run folder. The operating system takes it back when the process ends, however it ends.
/// </summary>
/// <remarks>The lock is on the file <c>.lock</c>, which stays; <c>.lock-holder</c> beside it says who holds it.</remarks>
public sealed class RunLock : IDisposable
{
    const int MaxHolderChars = 200;

    readonly FileStream stream;
    readonly string holderPath;

    RunLock(FileStream stream, string holderPath) => (this.stream, this.holderPath) = (stream, holderPath);

    /// <summary>Takes the lock of a run folder, which is created where it does not exist.</summary>
    /// <param name="folder">The run folder.</param>
    /// <exception cref="UsageException">Another process is working in it, its id is in the message; or it is a file.</exception>
    /// <exception cref="StorageException">The folder cannot be created or written.</exception>
    public static RunLock Acquire(string folder)
    {
        string lockPath = Path.Combine(folder, ".lock"), holderPath = Path.Combine(folder, ".lock-holder");
        FileStream? stream = null;
        if (File.Exists(folder))
            throw new UsageException($"{folder}: it is a file; name a folder.");
        try
        {
            Directory.CreateDirectory(folder);
            stream = new FileStream(lockPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            File.WriteAllText(holderPath, $"process {Environment.ProcessId} on {Environment.MachineName}", Encoding.UTF8);
            return new RunLock(stream, holderPath);
        }
        catch (IOException e) when (stream is null && StorageException.IsInUse(e))
        {
            throw new UsageException(
                $"{folder}: {Holder(holderPath)} is working in this run folder; wait for it to end or choose another folder.", e);
        }
        catch (Exception e) when (StorageException.Covers(e))
        {
            stream?.Dispose();
            throw StorageException.From(e, folder, "written");
        }
    }

    /// <summary>Gives the lock back.</summary>
    public void Dispose()
    {
        try
        {
            File.Delete(holderPath);
        }
        catch (Exception e) when (StorageException.Covers(e))
        {
            // The holder's name is for a message only; the lock itself goes with the stream.
        }
        stream.Dispose();
    }

    static string Holder(string holderPath)
    {
        try
        {
            using FileStream holder = InputFile.OpenRead(holderPath);
            using var reader = new StreamReader(holder, Encoding.UTF8);
            char[] text = new char[MaxHolderChars];
            int count = reader.ReadBlock(text, 0, text.Length);
            return count == 0 ? "another process" : new string(text, 0, count).Split('\n', '\r')[0];
        }
        catch (Exception e) when (StorageException.Covers(e) || e is UsageException or StorageException)
        {
            return "another process";       // it has only just taken the lock or is giving it back
        }
    }
}
