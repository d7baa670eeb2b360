using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Models.Inception;
using AlignT2I.Models.Parity;
using AlignT2I.Testing;

namespace AlignT2I.Models.Tests.Inception;

/// <summary>The network against a recording, and a checkpoint file with all that the published one has beside it.</summary>
internal sealed class InceptionFeaturesTests
{
    string folder = "", path = "";

    [SetUp]
    public void MakeFolder()
    {
        folder = Directory.CreateTempSubdirectory("inception").FullName;
        path = Path.Combine(folder, "inception.safetensors");
    }

    [TearDown]
    public void RemoveFolder() => Directory.Delete(folder, recursive: true);

    [Test]
    public void Every_block_matches_the_recording() => Golden.Check("inception/fid-inception");

    [Test]
    public void A_checkpoint_file_gives_the_recorded_features()
    {
        using ParityCase recorded = ParityCase.Read(Golden.Path("inception/fid-inception"));
        WriteCheckpoint(recorded.Weights!, ("fc.weight", [1008, 2048]), ("Mixed_7c.branch_pool.bn.num_batches_tracked", []));
        using MemoryScope scope = MemoryScope.Open();
        using InceptionFeatures features = InceptionFeatures.Load(path);
        Image photo = Picture(recorded, "input.1.images_u8"), grey = new(40, 30, 1, photo.Pixels[..1200]);
        byte[] coloured = [.. grey.Pixels.SelectMany(v => (byte[])[v, v, v])];
        byte[] clear = [.. grey.Pixels.SelectMany(v => (byte[])[v, v, v, 7])];
        float[] found = features.Of([photo, grey, new(40, 30, 3, coloured), new(40, 30, 4, clear)]).ToArray<float>();

        double[] expected = recorded.Values("output.1.pool3_2048"), ours = Array.ConvertAll(found[..2048], v => (double)v);
        double error = expected.Zip(ours, (a, b) => (a - b) * (a - b)).Sum() / expected.Sum(v => v * v);
        Assert.That(Math.Sqrt(error), Is.LessThan(1e-5));
        Assert.That(found[2048..4096], Is.EqualTo(found[4096..6144]).And.EqualTo(found[6144..]));
    }

    [Test]
    public void A_checkpoint_of_another_network_is_refused()
    {
        WriteCheckpoint(new SyntheticWeights(SyntheticVariant.V1, 1), ("Mixed_8a.conv.weight", [3]));
        Assert.That(() => InceptionFeatures.Load(path),
            Throws.TypeOf<FileFormatException>().With.Message.Contains("Mixed_8a.conv.weight"));
    }

    void WriteCheckpoint(SyntheticWeights weights, params (string Name, Shape Shape)[] others)
    {
        using ParameterStore store = new(new SyntheticParameters(weights));
        new InceptionV3(store.Root);
        using MemoryScope scope = MemoryScope.Open();
        IEnumerable<Parameter> extra = others.Select(
            o => new Parameter(o.Name, Tensor.Zeros(o.Shape, DType.F32, Backend.Cpu), ParameterLayout.AsInFile));
        ParameterFile.Save(path, store.Parameters.Concat(extra));
    }

    static Image Picture(ParityCase recorded, string name)
    {
        Shape shape = recorded.ShapeOf(name);
        double[] pixels = ImageLayout.ToChannelsLast(recorded.Values(name), shape);
        return new Image(shape[3], shape[2], shape[1], Array.ConvertAll(pixels, v => (byte)v));
    }
}
