using System.Security.Cryptography;
using AlignT2I.Files;

namespace AlignT2I.Engine.Backends.Cuda;

/// <summary>Files that save the next process work: compiled kernels and chosen convolution engines. Losing them costs time only.</summary>
/// <param name="folder">Where they are; null keeps nothing.</param>
internal sealed class CudaCache(string? folder)
{
    /// <summary>ALIGNT2I_CACHE_PATH, or a folder of the user's application data.</summary>
    public static string DefaultFolder => Environment.GetEnvironmentVariable("ALIGNT2I_CACHE_PATH")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "AlignT2I", "cuda");

    /// <summary>What was kept under a name; null where nothing was, or the folder cannot be read.</summary>
    public byte[]? Read(string name)
    {
        if (folder is null || !File.Exists(Path.Combine(folder, name)))
            return null;
        try
        {
            return File.ReadAllBytes(Path.Combine(folder, name));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Keeps something under a name, where the folder can be written: a full or read-only disk must not stop a
    /// computation.</summary>
    public void Write(string name, ReadOnlySpan<byte> content)
    {
        if (folder is null)
            return;
        try
        {
            Directory.CreateDirectory(folder);
            AtomicFile.WriteAllBytes(Path.Combine(folder, name), content);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or StorageException)
        {
        }
    }

    /// <summary>A file name for what depends on all of the given texts.</summary>
    public static string Name(IEnumerable<string> texts, string ending)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string text in texts)
        {
            hash.AppendData(System.Text.Encoding.UTF8.GetBytes(text));
            hash.AppendData([0]);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset()) + ending;
    }
}
