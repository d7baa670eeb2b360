using System.IO.Compression;
using System.Runtime.InteropServices;
using AlignT2I.Files;

namespace AlignT2I.Models.Metrics;

/// <summary>Feature statistics in files: <c>mu</c> [D] and <c>sigma</c> [D, D] in float64.</summary>
/// <remarks>
/// Written as safetensors. Read as safetensors or as NumPy's <c>.npz</c>, which pytorch-fid keeps those of a set of images in
/// (mseitzer/pytorch-fid, src/pytorch_fid/fid_score.py).
/// </remarks>
public static class FeatureStatisticsFile
{
    const string Mean = "mu", Covariance = "sigma", Numpy = ".npz", Safetensors = ".safetensors";
    const int MostFeatures = 8192;

    /// <summary>Whether a file is, by its name, one that <see cref="Read"/> reads.</summary>
    public static bool Is(string path) => Path.GetExtension(path) is Numpy or Safetensors;

    /// <summary>Reads statistics.</summary>
    /// <param name="path">The file; its name ends with .npz or .safetensors.</param>
    /// <exception cref="UsageException">There is no such file.</exception>
    /// <exception cref="FileFormatException">
    /// It does not hold <c>mu</c> and <c>sigma</c> that go together, or a number is not finite.
    /// </exception>
    /// <exception cref="StorageException">It cannot be read.</exception>
    public static FeatureStatistics Read(string path)
    {
        (IReadOnlyList<long> meanShape, double[] mean, IReadOnlyList<long> shape, double[] covariance) =
            Path.GetExtension(path) == Numpy ? ReadNumpy(path) : ReadSafetensors(path);
        if (meanShape.Count != 1 || mean.Length is 0 or > MostFeatures || !shape.SequenceEqual([mean.Length, mean.Length]))
        {
            throw new FileFormatException(path, $"mu is [{string.Join(", ", meanShape)}] and sigma [{string.Join(", ", shape)}]; "
                + $"expected [D] and [D, D], D up to {MostFeatures}.");
        }
        if (!mean.All(double.IsFinite) || !covariance.All(double.IsFinite))
            throw new FileFormatException(path, "mu or sigma has numbers that are not finite; compute the statistics again.");
        return new FeatureStatistics(mean, covariance);
    }

    /// <summary>Writes statistics as safetensors, whole or not at all.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <param name="statistics">Mean and covariance.</param>
    /// <exception cref="StorageException">It cannot be written.</exception>
    public static void Write(string path, FeatureStatistics statistics)
    {
        int d = statistics.Features;
        using SafetensorsWriter writer = SafetensorsWriter.Create(
            path, [new(Mean, SafetensorsDType.Float64, [d]), new(Covariance, SafetensorsDType.Float64, [d, d])]);
        writer.Write(Mean, MemoryMarshal.AsBytes<double>(statistics.Mean));
        writer.Write(Covariance, MemoryMarshal.AsBytes<double>(statistics.Covariance));
        writer.Commit();
    }

    static (IReadOnlyList<long>, double[], IReadOnlyList<long>, double[]) ReadSafetensors(string path)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        foreach (string name in (string[])[Mean, Covariance])
        {
            if (file[name].DType != SafetensorsDType.Float64)
                throw new FileFormatException(path, $"{name} is {file[name].DType}; expected Float64.");
        }
        double[] Values(string name) => MemoryMarshal.Cast<byte, double>(file.GetBytes(name)).ToArray();
        return (file[Mean].Shape, Values(Mean), file[Covariance].Shape, Values(Covariance));
    }

    static (IReadOnlyList<long>, double[], IReadOnlyList<long>, double[]) ReadNumpy(string path)
    {
        using FileStream stream = InputFile.OpenRead(path);
        try
        {
            using var archive = new ZipArchive(stream, ZipArchiveMode.Read);
            (IReadOnlyList<int> meanShape, double[] mean) = Entry(archive, path, Mean);
            (IReadOnlyList<int> shape, double[] covariance) = Entry(archive, path, Covariance);
            return ([.. meanShape.Select(n => (long)n)], mean, [.. shape.Select(n => (long)n)], covariance);
        }
        catch (InvalidDataException e)
        {
            throw new FileFormatException(path, $"it is no NumPy archive, or damaged: {e.Message}", e);
        }
    }

    static (IReadOnlyList<int> Shape, double[] Values) Entry(ZipArchive archive, string path, string name)
    {
        const long MostBytes = (long)MostFeatures * MostFeatures * sizeof(double) + (1 << 16);
        ZipArchiveEntry entry = archive.GetEntry($"{name}.npy") ?? throw new FileFormatException(
            path, $"it has no array '{name}'; expected mu and sigma, as pytorch-fid --save-stats writes them.");
        if (entry.Length > MostBytes)
            throw new FileFormatException(path, $"{name} has {entry.Length} bytes; at most {MostBytes} are read here.");
        using Stream stream = entry.Open();
        byte[] bytes = new byte[entry.Length];
        if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
            throw new FileFormatException(path, $"{name} is cut off.");
        return Npy.ParseDoubles($"{path}: {name}.npy", bytes);
    }
}
