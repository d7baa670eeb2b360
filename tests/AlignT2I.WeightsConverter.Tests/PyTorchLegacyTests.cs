using System.Runtime.InteropServices;
using AlignT2I.Files;
using AlignT2I.Files.Tests;
using AlignT2I.WeightsConverter.Sources;

namespace AlignT2I.WeightsConverter.Tests;

/// <summary>The format of <c>torch.save</c> before PyTorch 1.6.</summary>
internal sealed class PyTorchLegacyTests
{
    static readonly byte[] protocol = new PickleBuilder().Integer(1001).Stop(), system = new PickleBuilder().Raw("}").Stop();

    TempFolder folder = null!;

    [SetUp]
    public void Make() => folder = new TempFolder();

    [TearDown]
    public void Remove() => folder.Dispose();

    static byte[] File(byte[] root, string[] keys, params (long Count, float[] Values)[] storages)
    {
        var list = new PickleBuilder().Raw("](");
        foreach (string key in keys)
            list.Text(key);
        return [.. PyTorchLegacy.Signature, .. protocol, .. system, .. root, .. list.Raw("e").Stop(),
            .. storages.SelectMany(s => (byte[])[.. BitConverter.GetBytes(s.Count), .. MemoryMarshal.AsBytes(s.Values.AsSpan())])];
    }

    /// <summary>A view's description follows the number of elements: its key, first element and size.</summary>
    static string View(byte offset, byte size) => $"(X\x01\0\0\0vK{(char)offset}K{(char)size}t";

    [Test]
    public void Storages_that_are_views_of_another_begin_where_they_say()
    {
        byte[] root = new PickleBuilder().Raw("}").Text("a").Tensor("9", "FloatStorage", 6, 1, [2], [1], View(2, 3)).Raw("s")
            .Text("b").Tensor("9", "FloatStorage", 6, 0, [6], [1], "N").Raw("s").Stop();
        using WeightsFile file = WeightsFile.Open(folder.With("a.pt", File(root, ["9"], (6, [0, 1, 2, 3, 4, 5]))));
        Assert.That(file.Format, Is.EqualTo("PyTorch legacy"));
        float[] a = new float[2], b = new float[6];
        file.Read(file.Tensors[0], MemoryMarshal.AsBytes(a.AsSpan()));
        file.Read(file.Tensors[1], MemoryMarshal.AsBytes(b.AsSpan()));
        Assert.That(a, Is.EqualTo(new float[] { 3, 4 }));
        Assert.That(b, Is.EqualTo(new float[] { 0, 1, 2, 3, 4, 5 }));
    }

    [Test]
    public void Storages_lie_in_the_order_of_their_keys()
    {
        byte[] root = new PickleBuilder().Raw("}").Text("a").Tensor("1", "FloatStorage", 1, 0, [1], [1], "N").Raw("s")
            .Text("b").Tensor("2", "FloatStorage", 2, 0, [2], [1], "N").Raw("s").Stop();
        using WeightsFile file = WeightsFile.Open(folder.With("a.pt", File(root, ["2", "1"], (2, [7, 8]), (1, [9]))));
        float[] a = new float[1];
        file.Read(file.Tensors.Single(t => t.Name == "a"), MemoryMarshal.AsBytes(a.AsSpan()));
        Assert.That(a, Is.EqualTo(new float[] { 9 }));
    }

    [Test]
    public void What_does_not_fit_together_is_refused()
    {
        byte[] Root(long count = 2, string view = "N") =>
            new PickleBuilder().Raw("}").Text("a").Tensor("1", "FloatStorage", count, 0, [1], [1], view).Raw("s").Stop();
        float[] two = [1, 2];
        Refused(File(Root(), []), "not among those that follow");
        Refused(File(Root(), ["1", "1"], (2, two), (2, two)), "twice");
        Refused(File(Root(), ["x"], (2, two)), "that no tensor uses");
        Refused(File(Root(), ["1"], (3, two)), "3 elements");
        Refused(File(Root(), ["1"], (2, [1])), "only 4 are left");
        Refused(File(Root(), ["1"]), "ends where storage '1' should begin");
        Refused(File(Root(count: 1L << 60), ["1"], (2, two)), "the file has");
        Refused(File(Root(view: View(1, 2)), ["1"], (2, two)), "not within its 2 elements");
        Refused([.. PyTorchLegacy.Signature, .. new PickleBuilder().Integer(1002).Stop()], "another version");
    }

    void Refused(byte[] bytes, string problem)
    {
        string path = folder.With("a.pt", bytes);
        FileFormatException refusal = Assert.Throws<FileFormatException>(() => WeightsFile.Open(path).Dispose())!;
        Assert.That(refusal.Message, Does.StartWith(path + ": ").And.Contain(problem));
    }
}
