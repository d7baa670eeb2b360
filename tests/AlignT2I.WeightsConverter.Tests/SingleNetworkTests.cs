using System.Runtime.InteropServices;
using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Files.Tests;
using AlignT2I.Models.Inception;
using AlignT2I.Models.Parity;
using AlignT2I.WeightsConverter.Loading;
using AlignT2I.WeightsConverter.Writing;

namespace AlignT2I.WeightsConverter.Tests;

/// <summary>Models of one network that have no folder of their own.</summary>
internal sealed class SingleNetworkTests
{
    TempFolder folder = null!;

    [SetUp]
    public void Make() => folder = new TempFolder();

    [TearDown]
    public void Remove() => folder.Dispose();

    [Test]
    public void A_predictor_of_other_widths_says_which_tensor_does_not_fit()
    {
        string path = folder["bad.safetensors"];
        using (SafetensorsWriter writer = SafetensorsWriter.Create(path, [
            new("layers.0.weight", SafetensorsDType.Float32, [2, 3]), new("layers.0.bias", SafetensorsDType.Float32, [2]),
            new("layers.2.weight", SafetensorsDType.Float32, [5, 4]), new("layers.7.weight", SafetensorsDType.Float32, [1, 5])]))
        {
            foreach ((string name, int count) in new[] { ("layers.0.weight", 6), ("layers.0.bias", 2), ("layers.2.weight", 20),
                ("layers.7.weight", 5) })
                writer.Write(name, new byte[4 * count]);
            writer.Commit();
        }
        using WeightsModel model = WeightsModel.Open(path);
        Assert.That(model.Problems.Select(p => p.Name), Has.Some.EqualTo("layers.2.weight").And.Some.EqualTo("layers.7.weight"));
        Assert.Throws<FileFormatException>(model.RequireComplete);
    }

    [Test]
    public void The_Inception_keeps_its_names_and_its_classifier()
    {
        string source = folder["inception.safetensors"];
        WriteInception(source);
        Checkpoints.Convert(source, folder["out.safetensors"]);
        Assert.That(Checkpoints.Content(folder["out.safetensors"]), Is.EquivalentTo(Checkpoints.Content(source)));
        using WeightsModel model = WeightsModel.Open(source);
        Assert.That(model.Problems, Is.Empty);
        Assert.That(model.Kind, Is.EqualTo(ModelKind.FidInception));
        UsageException e = Assert.Throws<UsageException>(() => Converter.Write(model, folder["out"], new ConversionOptions()))!;
        Assert.That(e.Message, Does.Contain("one file"));
    }

    /// <summary>Every parameter of the network, and the parts of the checkpoint that it does not use.</summary>
    static void WriteInception(string path)
    {
        var weights = new SyntheticWeights(SyntheticVariant.V1He, Seed: 111);
        (string Name, int[] Shape)[] tensors = [.. ParameterOutline.Of(p => _ = new InceptionV3(p))
            .Select(p => (p.Name, p.FileShape.ToArray())),
            ("fc.weight", [1008, 2048]), ("fc.bias", [1008]), ("Conv2d_1a_3x3.bn.num_batches_tracked", [1])];
        using SafetensorsWriter writer = SafetensorsWriter.Create(
            path, tensors.Select(t => new SafetensorsEntry(t.Name, SafetensorsDType.Float32, [.. t.Shape.Select(d => (long)d)])));
        foreach ((string name, int[] shape) in tensors)
            writer.Write(name, MemoryMarshal.AsBytes(weights.Values(name, shape).AsSpan()));
        writer.Commit();
    }
}
