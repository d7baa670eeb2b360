using System.Text;

namespace AlignT2I.Files.Tests;

internal sealed class NpyTests
{
    [TestCase(new int[0])]
    [TestCase(new[] { 5 })]
    [TestCase(new[] { 2, 3, 7 })]
    [TestCase(new[] { 4, 0 })]
    public void Round_trip(int[] shape)
    {
        using var folder = new TempFolder();
        float[] values = [.. Enumerable.Range(0, shape.Aggregate(1, (a, b) => a * b)).Select(i => i * 0.25f - 1)];
        Npy.Write(folder["a.npy"], shape, values);
        NpyArray read = Npy.Read(folder["a.npy"]);
        Assert.That(read.Shape, Is.EqualTo(shape));
        Assert.That(read.Values, Is.EqualTo(values));
        Assert.That((new FileInfo(folder["a.npy"]).Length - 4 * values.Length) % 64, Is.Zero);
    }

    [Test]
    public void The_header_is_the_one_numpy_writes()
    {
        using var folder = new TempFolder();
        Npy.Write(folder["a.npy"], [3], [1, 2, 3]);
        byte[] bytes = File.ReadAllBytes(folder["a.npy"]);
        Assert.That(bytes[..10], Is.EqualTo(new byte[] { 0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 0x76, 0 }));
        Assert.That(Encoding.ASCII.GetString(bytes, 10, 118).TrimEnd(' ', '\n'),
            Is.EqualTo("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }"));
        Assert.That(bytes[127], Is.EqualTo((byte)'\n'));
        Assert.Throws<ArgumentException>(() => Npy.Write(folder["a.npy"], [3], [1, 2]));
    }

    [Test]
    public void Reads_version_2() => Assert.That(Npy.Parse("a", File2("(2, 1)", 8)).Shape, Is.EqualTo(new[] { 2, 1 }));

    [Test]
    public void Bad_content_is_a_format_error()
    {
        byte[] good = File2("(2, 1)", 8);
        for (int length = 0; length < good.Length; length++)
            Rejects(good[..length]);
        string[] shapes = ["(2, 2)", "(-2, -1)", "(2 1)", "(2.0,)", "(99999999999,)", "(2147483647, 2147483647, 4)", "2", "(2,,1)", ""];
        foreach (string shape in shapes)
            Rejects(File2(shape, 8));
        Rejects(Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(good).Replace("<f4", "<f8", StringComparison.Ordinal)));
        Rejects(Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(good).Replace("False", "True ", StringComparison.Ordinal)));

        var random = new Random(3);
        int rejected = 0;
        for (int i = 0; i < 1000; i++)
        {
            byte[] bytes = [.. good];
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            try
            {
                Assert.That(Npy.Parse("a", bytes).Values, Has.Length.EqualTo(2));
            }
            catch (FileFormatException)
            {
                rejected++;
            }
        }
        Assert.That(rejected, Is.GreaterThan(500));
    }

    static void Rejects(byte[] bytes)
        => Assert.That(() => Npy.Parse("bad.npy", bytes), Throws.TypeOf<FileFormatException>().With.Message.StartsWith("bad.npy: "));

    static byte[] File2(string shape, int dataBytes)
    {
        byte[] header = Encoding.ASCII.GetBytes($"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}\n");
        return [0x93, .. "NUMPY"u8, 2, 0, .. BitConverter.GetBytes(header.Length), .. header, .. new byte[dataBytes]];
    }
}
