using AlignT2I.Files;
using AlignT2I.Files.Tests;
using AlignT2I.WeightsConverter.Sources;

namespace AlignT2I.WeightsConverter.Tests;

internal sealed class SafetensorsWeightsTests
{
    [Test]
    public void Tensors_come_with_names_types_shapes_metadata_and_values()
    {
        using var folder = new TempFolder();
        string path = folder["a.safetensors"];
        byte[] weight = [.. Enumerable.Range(0, 24).Select(i => (byte)i)];
        using (SafetensorsWriter writer = SafetensorsWriter.Create(
            path, [new("w", SafetensorsDType.Float32, [2, 3]), new("scalar", SafetensorsDType.Float16, [])],
            new Dictionary<string, string> { ["modelspec.title"] = "a" }))
        {
            writer.Write("w", weight);
            writer.Write("scalar", [1, 2]);
            writer.Commit();
        }
        using WeightsFile file = WeightsFile.Open(path);
        Assert.That(file.Format, Is.EqualTo("safetensors"));
        Assert.That(file.Tensors.Select(t => (t.Name, t.DType, t.ByteCount)), Is.EqualTo(new[]
        {
            ("w", SafetensorsDType.Float32, 24L), ("scalar", SafetensorsDType.Float16, 2L),
        }));
        Assert.That(file.Tensors[0].Shape, Is.EqualTo(new long[] { 2, 3 }));
        Assert.That(file.Metadata["modelspec.title"], Is.EqualTo("a"));
        Assert.That(file.TrainingState, Is.Empty);
        byte[] read = new byte[24];
        file.Read(file.Tensors[0], read);
        Assert.That(read, Is.EqualTo(weight));
        Assert.Throws<ArgumentException>(() => file.Read(file.Tensors[1], new byte[3]));
    }
}
