using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Models.Inception;
using AlignT2I.Models.Metrics;
using AlignT2I.Models.Parity;
using AlignT2I.Testing;
using AlignT2I.Training.Evaluation;

namespace AlignT2I.Training.Tests.Evaluation;

/// <summary>From PNG files to a distance, against the features that pytorch-fid's network gave the same pictures.</summary>
public class InceptionStatisticsTests
{
    [Test, Category("Slow")]
    public void Folders_of_pictures_have_the_distance_of_the_recorded_features()
    {
        using ParityCase recorded = ParityCase.Read(Golden.Path("inception/fid-inception"));
        using var folder = new TestFolder();
        SyntheticInception.Write(folder["inception.safetensors"], recorded.Weights!);
        (string Batch, int Index)[] rows = [("0", 0), ("0", 1), ("1", 0)];
        Image[] pictures = [.. rows.Select(r => Picture(recorded, $"input.{r.Batch}.images_u8", r.Index))];
        WriteFolder(folder["a"], pictures[0], pictures[1]);
        WriteFolder(folder["b"], pictures[1], pictures[2], pictures[0], pictures[2]);

        FeatureStatistics a, b, again;
        using (InceptionStatistics inception = InceptionStatistics.Load(folder["inception.safetensors"]))
        {
            a = inception.OfReference(folder["a"], folder["cache"]);
            b = inception.OfReference(folder["b"], folder["cache"]);
            List<string> stages = [];
            again = inception.OfReference(folder["b"], folder["cache"], new Told(p => stages.Add(p.Stage)));
            Assert.That(stages, Is.Empty, "the statistics of a folder that has not changed are kept");
        }
        double[][] features = [.. rows.Select(r => recorded.Row($"output.{r.Batch}.pool3_2048", r.Index))];
        double expected = FrechetDistance.Between(
            Statistics(features[0], features[1]), Statistics(features[1], features[2], features[0], features[2]));
        Assert.That(expected, Is.GreaterThan(1), "pictures that the network tells apart");
        Assert.That(FrechetDistance.Between(a, b), Is.EqualTo(expected).Within(1e-3));
        Assert.That(FrechetDistance.Between(a, again), Is.EqualTo(expected).Within(1e-3));
    }

    [Test]
    public void A_folder_without_pictures_and_statistics_of_another_network_are_refused()
    {
        using var folder = new TestFolder();
        Directory.CreateDirectory(folder["empty"]);
        FeatureStatisticsFile.Write(folder["narrow.safetensors"], new FeatureStatistics([0, 0], [1, 0, 0, 1]));
        SyntheticInception.Write(folder["inception.safetensors"], new SyntheticWeights(SyntheticVariant.V1He, 1));
        using InceptionStatistics inception = InceptionStatistics.Load(folder["inception.safetensors"]);
        Assert.That(() => inception.OfReference(folder["empty"], folder["cache"]),
            Throws.TypeOf<UsageException>().With.Message.Contains("two or more"));
        Assert.That(() => inception.OfReference(folder["narrow.safetensors"], folder["cache"]),
            Throws.TypeOf<FileFormatException>().With.Message.Contains("2048"));
    }

    static FeatureStatistics Statistics(params double[][] rows) =>
        FeatureStatistics.Of(rows.Length, rows[0].Length, (row, x) => rows[row].CopyTo(x));

    static void WriteFolder(string path, params Image[] pictures)
    {
        Directory.CreateDirectory(path);
        for (int i = 0; i < pictures.Length; i++)
            Png.Write(Path.Combine(path, $"{i}.png"), pictures[i]);
    }

    /// <summary>A picture of a recorded batch [N, 3, H, W].</summary>
    static Image Picture(ParityCase recorded, string name, int number)
    {
        Shape shape = recorded.RowShapeOf(name);
        int height = shape[1], width = shape[2];
        double[] values = recorded.Row(name, number);
        byte[] pixels = new byte[height * width * 3];
        for (int i = 0; i < pixels.Length; i++)
            pixels[i] = (byte)values[i % 3 * height * width + i / 3];
        return new Image(width, height, 3, pixels);
    }
}
