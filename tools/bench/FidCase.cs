using AlignT2I.Engine;
using AlignT2I.Models.Metrics;
using AlignT2I.Training.Caching;

namespace AlignT2I.Bench;

/// <summary>The Fréchet distance of images whose features are on the disk, as <c>align evaluate</c> keeps them, to known
/// statistics.</summary>
internal sealed class FidCase : BenchCase
{
    const int RowsAtOnce = 1024;
    const float Shift = 1;

    readonly string folder = Directory.CreateTempSubdirectory("bench-fid-").FullName;
    readonly RowTable table;
    readonly FeatureStatistics reference;
    readonly int features;
    double distance;

    /// <param name="images">Images.</param>
    /// <param name="features">Features of one.</param>
    public FidCase(int images, int features)
    {
        (Batch, this.features) = (images, features);
        table = RowTable.Open(folder, [features]);
        var random = new Philox(5);
        float[] rows = new float[RowsAtOnce * features];
        for (int start = 0; start < images; start += RowsAtOnce)
        {
            int count = Math.Min(RowsAtOnce, images - start);
            Span<float> some = rows.AsSpan(0, count * features);
            random.Normal(some);
            foreach (ref float value in some)
                value += Shift;
            table.Add([.. Enumerable.Range(start, count).Select(i => $"image {i}")], some);
        }
        double[] identity = new double[features * features];
        for (int i = 0; i < features; i++)
            identity[i * features + i] = 1;
        reference = new FeatureStatistics(new double[features], identity);
    }

    public override string Name => $"fid_{Batch}x{features}";

    public override string Dtype => "f64";

    public override int Batch { get; }

    /// <summary>Products of the features with each other.</summary>
    public override double Gflop => 2e-9 * Batch * features * features;

    public override void Run()
    {
        FeatureStatistics statistics = FeatureStatistics.Of(Batch, features, (row, values) =>
        {
            ReadOnlySpan<float> x = table.Row(row);
            for (int i = 0; i < x.Length; i++)
                values[i] = x[i];
        });
        distance = FrechetDistance.Between(statistics, reference);
    }

    /// <summary>The squared shift of each feature, and what the covariance of so many normal rows is off the identity: D / 4N.</summary>
    public override bool Check() => Math.Abs(distance / (features * (Shift * Shift + features / (4.0 * Batch))) - 1) < 0.02;

    public override void Dispose()
    {
        table.Dispose();
        Directory.Delete(folder, recursive: true);
    }
}
