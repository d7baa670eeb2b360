using System.Runtime.InteropServices;

namespace AlignT2I.Files.Tests;

internal sealed class SafetensorsFileTests
{
    [Test]
    public void Reads_values_in_place()
    {
        using SafetensorsFile file = SafetensorsFile.Open(Repository.Golden("hostile", "st-ok.safetensors"));
        SafetensorsTensor tensor = file.Tensors.Single();
        float[] values = MemoryMarshal.Cast<byte, float>(file.GetBytes(tensor.Name)).ToArray();
        Assert.That(values, Has.Length.EqualTo(tensor.ElementCount));

        byte[] piece = new byte[8];
        file.CopyTo(tensor.Name, 4, piece);
        Assert.That(MemoryMarshal.Cast<byte, float>(piece).ToArray(), Is.EqualTo(values[1..3]));
        Assert.Throws<ArgumentOutOfRangeException>(() => file.CopyTo(tensor.Name, tensor.ByteLength - 7, piece));
        Assert.Throws<ArgumentOutOfRangeException>(() => file.CopyTo(tensor.Name, -1, piece));
    }

    [Test]
    public void A_released_tensor_leaves_memory_and_can_be_read_again()
    {
        using var folder = new TempFolder();
        byte[] written = new byte[8 << 20];
        new Random(3).NextBytes(written);
        using (SafetensorsWriter writer = SafetensorsWriter.Create(
            folder["m.safetensors"], [new SafetensorsEntry("x", SafetensorsDType.UInt8, [written.Length])], null))
        {
            writer.Write("x", written);
            writer.Commit();
        }

        using SafetensorsFile file = SafetensorsFile.Open(folder["m.safetensors"]);
        Assert.That(file.GetBytes("x").SequenceEqual(written), Is.True);
        if (OperatingSystem.IsLinux())
        {
            long before = ResidentFileKiB();
            file.Release("x");
            Assert.That(before - ResidentFileKiB(), Is.GreaterThan(7 << 10));
        }

        Assert.That(file.GetBytes("x").SequenceEqual(written), Is.True);
    }

    [Test]
    public void Reads_metadata_and_a_scalar()
    {
        using var folder = new TempFolder();
        string path = folder.With("m.safetensors", SafetensorsHostileTests.Bytes(
            """{"__metadata__":{"format":"pt","é":"\u00fc"},"s":{"shape":[],"data_offsets":[0,2],"dtype":"BF16"}}""", 2));
        using SafetensorsFile file = SafetensorsFile.Open(path);
        Assert.That(file.Metadata, Is.EqualTo(new Dictionary<string, string> { ["format"] = "pt", ["é"] = "ü" }));
        Assert.That(file["s"].DType, Is.EqualTo(SafetensorsDType.BFloat16));
        Assert.That(file["s"].Shape, Is.Empty);
        Assert.That(file["s"].ElementCount, Is.EqualTo(1));
        Assert.That(file.TryGet("t", out _), Is.False);
    }

    [Test]
    public void A_missing_tensor_names_the_file_and_the_tensor()
    {
        string path = Repository.Golden("hostile", "st-ok.safetensors");
        using SafetensorsFile file = SafetensorsFile.Open(path);
        Assert.That(() => file["conv_in.weight"], Throws.TypeOf<FileFormatException>().With.Message.StartsWith(path)
            .And.Message.Contains("'conv_in.weight'"));
    }

    [Test]
    public void A_missing_file_or_a_folder_is_a_usage_error()
    {
        using var folder = new TempFolder();
        Assert.That(() => SafetensorsFile.Open(folder["none.safetensors"]),
            Throws.TypeOf<UsageException>().With.Message.Contains("no such file"));
        Assert.That(() => SafetensorsFile.Open(folder["none/none.safetensors"]), Throws.TypeOf<UsageException>());
        Assert.That(() => SafetensorsFile.Open(folder.Path), Throws.TypeOf<UsageException>().With.Message.Contains("folder"));
    }

    [Test]
    public void A_closed_file_says_so()
    {
        SafetensorsFile file = SafetensorsFile.Open(Repository.Golden("hostile", "st-ok.safetensors"));
        string name = file.Tensors[0].Name;
        file.Dispose();
        file.Dispose();
        Assert.Throws<ObjectDisposedException>(() => file.GetBytes(name));
    }

    [Test]
    public void Every_type_has_its_name_and_size()
    {
        foreach (SafetensorsDType dtype in Enum.GetValues<SafetensorsDType>())
            Assert.That(SafetensorsDTypes.Parse(dtype.FileName()), Is.EqualTo(dtype));
        Assert.That(SafetensorsDType.Bool.Size(), Is.EqualTo(1));
        Assert.That(SafetensorsDType.Float8E4M3.Size(), Is.EqualTo(1));
        Assert.That(SafetensorsDType.Float16.Size(), Is.EqualTo(2));
        Assert.That(SafetensorsDType.BFloat16.Size(), Is.EqualTo(2));
        Assert.That(SafetensorsDType.Int32.Size(), Is.EqualTo(4));
        Assert.That(SafetensorsDType.Float32.Size(), Is.EqualTo(4));
        Assert.That(SafetensorsDType.UInt64.Size(), Is.EqualTo(8));
        Assert.That(SafetensorsDType.Float64.Size(), Is.EqualTo(8));
    }

    [Test]
    public void Reads_every_recorded_reference()
    {
        string folder = Repository.Shared("unet");
        foreach (string path in Directory.EnumerateFiles(folder, "*.safetensors", SearchOption.AllDirectories))
        {
            using SafetensorsFile file = SafetensorsFile.Open(path);
            Assert.That(file.Metadata.Keys, Does.Contain("component"));
            Assert.That(file.Tensors, Is.Not.Empty);
        }
    }

    /// <summary>Resident pages of mapped files, as Linux counts them.</summary>
    static long ResidentFileKiB() => long.Parse(
        File.ReadLines("/proc/self/status").Single(line => line.StartsWith("RssFile:", StringComparison.Ordinal))
            .Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1],
        System.Globalization.CultureInfo.InvariantCulture);
}
