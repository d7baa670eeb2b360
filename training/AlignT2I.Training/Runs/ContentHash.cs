using System.Security.Cryptography;
using AlignT2I.Files;

namespace AlignT2I.Training.Runs;

/// <summary>Hashes by which models and data are told apart: the first hexadecimal digits of SHA-256.</summary>
public static class ContentHash
{
    const int ShortDigits = 10;

    /// <summary>Hash of a file, ten digits: what image tools call the model hash.</summary>
    /// <exception cref="UsageException">There is no such file.</exception>
    /// <exception cref="StorageException">It cannot be read.</exception>
    public static string OfFile(string path)
    {
        if (!File.Exists(path))
            throw new UsageException($"{path}: there is no such file; check the path.");
        try
        {
            using FileStream stream = File.OpenRead(path);
            return Digits(SHA256.HashData(stream));
        }
        catch (Exception e) when (StorageException.Covers(e))
        {
            throw StorageException.From(e, path, "read");
        }
    }

    /// <summary>Ten digits of a finished hash.</summary>
    internal static string Digits(ReadOnlySpan<byte> sha256) => Convert.ToHexStringLower(sha256)[..ShortDigits];
}
