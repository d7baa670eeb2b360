using System.Runtime.InteropServices;
using AlignT2I.Files;
using AlignT2I.Files.Tests;
using AlignT2I.WeightsConverter.Sources;

namespace AlignT2I.WeightsConverter.Tests;

/// <summary>Archives as PyTorch writes them, and as it never does.</summary>
internal sealed class PyTorchZipTests
{
    static readonly byte[] version = "3\n"u8.ToArray();
    static readonly float[] values = [0, 1, 2, 3, 4, 5];

    TempFolder folder = null!;

    [SetUp]
    public void Make() => folder = new TempFolder();

    [TearDown]
    public void Remove() => folder.Dispose();

    /// <summary>{'w': a [2, 3] tensor on storage 0}.</summary>
    static byte[] Pickle => new PickleBuilder().Raw("}").Text("w").Tensor("0", "FloatStorage", 6, 0, [2, 3], [3, 1]).Raw("s").Stop();

    static byte[] Data => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();

    static ZipBuilder Archive(ZipBuilder zip, string top = "archive/")
        => zip.Add(top + "data.pkl", Pickle).Add(top + "data/0", Data).Add(top + "version", version);

    [TestCase("archive/")]
    [TestCase("v1-5-pruned/")]
    [TestCase("")]
    public void The_top_folder_may_have_any_name(string top)
        => Assert.That(Read(Archive(new ZipBuilder(), top).Build()), Is.EqualTo(values));

    [Test]
    public void Sizes_and_places_in_64_bits() => Assert.That(Read(Archive(new ZipBuilder { Zip64 = true }).Build()), Is.EqualTo(values));

    [Test]
    public void A_comment_at_the_end()
    {
        byte[] zip = [.. Archive(new ZipBuilder()).Build(), .. "PK\x05\x06 a comment"u8];
        zip[^("PK\x05\x06 a comment"u8.Length + 2)] = (byte)"PK\x05\x06 a comment"u8.Length;
        Assert.That(Read(zip), Is.EqualTo(values));
    }

    [Test]
    public void Most_significant_bytes_first()
    {
        byte[] data = Data;
        for (int i = 0; i < data.Length; i += 4)
            data.AsSpan(i, 4).Reverse();
        byte[] WithOrder(byte[] order) =>
            new ZipBuilder().Add("a/data.pkl", Pickle).Add("a/byteorder", order).Add("a/data/0", data).Build();
        Assert.That(Read(WithOrder("big"u8.ToArray())), Is.EqualTo(values));
        Refused(WithOrder("middle"u8.ToArray()), "byteorder");
    }

    [Test]
    public void A_compressed_pickle_is_read_a_compressed_storage_is_not()
    {
        Assert.That(Read(new ZipBuilder().Add("a/data.pkl", Pickle, deflate: true).Add("a/data/0", Data).Build()), Is.EqualTo(values));
        Refused(new ZipBuilder().Add("a/data.pkl", Pickle).Add("a/data/0", Data, deflate: true).Build(), "compressed");
    }

    [Test]
    public void A_view_with_strides_is_gathered()
    {
        byte[] pickle = new PickleBuilder().Raw("}").Text("w").Tensor("0", "FloatStorage", 6, 1, [2, 2], [1, 2]).Raw("s").Stop();
        byte[] zip = new ZipBuilder().Add("a/data.pkl", pickle).Add("a/data/0", Data).Build();
        Assert.That(Read(zip), Is.EqualTo(new float[] { 1, 3, 2, 4 }));
    }

    /// <summary>A view whose elements lie far apart is read element by element, not with all that lies between.</summary>
    [Test]
    public void A_view_of_little_in_a_large_storage_is_gathered()
    {
        const int count = 300_000;
        float[] many = [.. Enumerable.Range(0, count).Select(i => (float)i)];
        byte[] pickle = new PickleBuilder().Raw("}").Text("w")
            .Tensor("0", "FloatStorage", count, 7, [3, 2], [100_000, 50_000]).Raw("s").Stop();
        byte[] zip = new ZipBuilder().Add("a/data.pkl", pickle).Add("a/data/0", MemoryMarshal.AsBytes(many.AsSpan()).ToArray()).Build();
        Assert.That(Read(zip), Is.EqualTo(new float[] { 7, 50_007, 100_007, 150_007, 200_007, 250_007 }));
    }

    [Test]
    public void An_untyped_storage_takes_the_type_of_its_tensor()
    {
        byte[] pickle = new PickleBuilder().Raw("}").Text("w").Global("torch._utils", "_rebuild_tensor_v3").Raw("((").Text("storage")
            .Global("torch.storage", "UntypedStorage").Text("0").Text("cpu").Integer(24).Raw("tQ").Integer(2).Integers(4).Integers(1)
            .Raw(0x89).Global("collections", "OrderedDict").Raw(")R").Global("torch", "float32").Raw("tRs").Stop();
        byte[] zip = new ZipBuilder().Add("a/data.pkl", pickle).Add("a/data/0", Data).Build();
        Assert.That(Read(zip), Is.EqualTo(new float[] { 2, 3, 4, 5 }));
    }

    [Test]
    public void What_is_made_to_deceive_is_refused()
    {
        Refused(Archive(Archive(new ZipBuilder())).Build(), "occurs twice");
        Refused(Archive(Archive(new ZipBuilder(), "a/"), "b/").Build(), "2 files named data.pkl");
        RefusedWith(e => e.Name.EndsWith("version", StringComparison.Ordinal) ? e with { Name = "archive/other" } : e, "another name");
        RefusedWith(e => e.Name.EndsWith(".pkl", StringComparison.Ordinal) ? e with { Stored = e.Stored + 100, Bytes = e.Bytes + 100 } : e,
            "overlap");
        RefusedWith(e => e with { Header = e.Header + 1 }, "where no file of the archive begins");
        RefusedWith(e => e with { Header = uint.MaxValue - 1 }, "expected a place before");
        RefusedWith(e => e with { Header = long.MinValue }, "expected a place before", zip64: true);
        RefusedWith(e => e with { Stored = long.MaxValue, Bytes = long.MaxValue }, "the archive's data end", zip64: true);
        RefusedWith(e => e with { Flags = 1 }, "encrypted");
        RefusedWith(e => e with { Method = 12 }, "method 12");
        foreach (string name in (string[])["../x", "/x", "a\\..\\x", "c:x", "a/../../x"])
            Refused(Archive(new ZipBuilder()).Add(name, version).Build(), "leaves the archive");
    }

    [Test]
    public void A_deflated_pickle_longer_or_shorter_than_said_is_refused()
    {
        foreach (int difference in (int[])[-1, 1])
        {
            byte[] zip = new ZipBuilder { Directory = e => e.Method == 8 ? e with { Bytes = e.Bytes + difference } : e }
                .Add("a/data.pkl", Pickle, deflate: true).Add("a/data/0", Data).Build();
            Refused(zip, "data.pkl");
        }
    }

    void RefusedWith(Func<ZipBuilder.Entry, ZipBuilder.Entry> lie, string problem, bool zip64 = false)
        => Refused(Archive(new ZipBuilder { Directory = lie, Zip64 = zip64 }).Build(), problem);

    void Refused(byte[] zip, string problem)
    {
        string path = folder.With("a.ckpt", zip);
        FileFormatException refusal = Assert.Throws<FileFormatException>(() => WeightsFile.Open(path).Dispose())!;
        Assert.That(refusal.Message, Does.StartWith(path + ": ").And.Contain(problem));
    }

    float[] Read(byte[] zip)
    {
        using WeightsFile file = WeightsFile.Open(folder.With("a.ckpt", zip));
        float[] read = new float[file.Tensors.Single().ElementCount];
        file.Read(file.Tensors[0], MemoryMarshal.AsBytes(read.AsSpan()));
        return read;
    }
}
