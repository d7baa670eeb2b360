using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Models.Metrics;

namespace AlignT2I.Models.Tests.Metrics;

/// <summary>Mean and covariance read row by row, and their files.</summary>
internal sealed class FeatureStatisticsTests
{
    string folder = "";

    [SetUp]
    public void MakeFolder() => folder = Directory.CreateTempSubdirectory("statistics").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(folder, recursive: true);

    /// <summary>Several blocks, the last of them short, and a mean that a product of raw features would drown in.</summary>
    [Test]
    public void Rows_give_the_mean_and_the_covariance_of_the_definition()
    {
        const int Count = 517, Features = 5;
        double[] values = new double[Count * Features];
        var noise = new Philox(3);
        for (int i = 0; i < values.Length; i++)
            values[i] = 1e6 * (i % Features + 1) + noise.NextUInt64() / (double)ulong.MaxValue;
        FeatureStatistics found = FeatureStatistics.Of(Count, Features, (row, x) => values.AsSpan(row * Features, Features).CopyTo(x));
        for (int i = 0; i < Features; i++)
        {
            double mean = Column(i).Average();
            Assert.That(found.Mean[i], Is.EqualTo(mean).Within(1e-9 * mean));
            for (int j = 0; j < Features; j++)
            {
                double other = Column(j).Average();
                double expected = Column(i).Zip(Column(j), (a, b) => (a - mean) * (b - other)).Sum() / (Count - 1);
                Assert.That(found.Covariance[i * Features + j], Is.EqualTo(expected).Within(1e-8));
            }
        }

        IEnumerable<double> Column(int j) => Enumerable.Range(0, Count).Select(n => values[n * Features + j]);
    }

    [Test]
    public void One_row_is_refused() => Assert.That(() => FeatureStatistics.Of(1, 3, (_, _) => { }), Throws.TypeOf<ShapeException>());

    [Test]
    public void A_file_reads_back()
    {
        string path = Path.Combine(folder, "statistics.safetensors");
        FeatureStatisticsFile.Write(path, new FeatureStatistics([1, 2], [4, 0.5, 0.5, 3]));
        FeatureStatistics read = FeatureStatisticsFile.Read(path);
        Assert.That(read.Mean, Is.EqualTo(new double[] { 1, 2 }));
        Assert.That(read.Covariance, Is.EqualTo(new[] { 4, 0.5, 0.5, 3 }));
    }

    [Test]
    public void A_numpy_archive_is_read()
    {
        FeatureStatistics read = FeatureStatisticsFile.Read(
            Archive(("mu", "<f8", "(2,)", [1, 2]), ("sigma", "<f8", "(2, 2)", [4, 0.5, 0.5, 3])));
        Assert.That(read.Mean, Is.EqualTo(new double[] { 1, 2 }));
        Assert.That(read.Covariance, Is.EqualTo(new[] { 4, 0.5, 0.5, 3 }));
    }

    [Test]
    public void What_does_not_go_together_is_refused()
    {
        Refused(Archive(("mu", "<f8", "(2,)", [1, 2])), "sigma");
        Refused(Archive(("mu", "<f8", "(2,)", [1, 2]), ("sigma", "<f8", "(1, 4)", [4, 0.5, 0.5, 3])), "[D, D]");
        Refused(Archive(("mu", "<f8", "(1,)", [double.NaN]), ("sigma", "<f8", "(1, 1)", [1])), "finite");
        Refused(Archive(("mu", "<i8", "(1,)", [1]), ("sigma", "<f8", "(1, 1)", [1])), "<i8");
        string path = Path.Combine(folder, "none.npz");
        File.WriteAllText(path, "PK");
        Refused(path, "archive");
    }

    static void Refused(string path, string words) =>
        Assert.That(() => FeatureStatisticsFile.Read(path), Throws.TypeOf<FileFormatException>().With.Message.Contains(words));

    string Archive(params (string Name, string Type, string Shape, double[] Values)[] arrays)
    {
        string path = Path.Combine(folder, "statistics.npz");
        File.Delete(path);
        using ZipArchive archive = ZipFile.Open(path, ZipArchiveMode.Create);
        foreach ((string name, string type, string shape, double[] values) in arrays)
        {
            string header = $"{{'descr': '{type}', 'fortran_order': False, 'shape': {shape}, }}".PadRight(117) + "\n";
            using Stream stream = archive.CreateEntry(name + ".npy").Open();
            stream.Write([0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header)]);
            stream.Write(MemoryMarshal.AsBytes<double>(values));
        }
        return path;
    }
}
