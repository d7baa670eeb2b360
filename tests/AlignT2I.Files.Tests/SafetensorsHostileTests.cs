using System.Text;
using System.Text.Json;

namespace AlignT2I.Files.Tests;

internal sealed class SafetensorsHostileTests
{
    static readonly string[] accepted =
    [
        "st-ok.safetensors", "st-ok-empty.safetensors", "st-ok-nan.safetensors", "st-ok-scalar-zero.safetensors",
        "st-ok-trailing-spaces.safetensors",
    ];

    public static IEnumerable<string> Committed
        => Directory.EnumerateFiles(Repository.Golden("hostile"), "st-*.safetensors")
            .Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal);

    [TestCaseSource(nameof(Committed))]
    public void Verdict_is_as_recorded(string name) => CheckVerdict(Repository.Golden("hostile", name), accepted.Contains(name));

    [Test]
    public void All_recorded_verdicts_hold()
    {
        string folder = Repository.Shared("hostile");
        using JsonDocument expected = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "expected.json")));
        int files = 0;
        foreach (JsonProperty entry in expected.RootElement.GetProperty("files").EnumerateObject())
        {
            if (!entry.Name.StartsWith("st-", StringComparison.Ordinal))
                continue;
            files++;
            string verdict = entry.Value.GetProperty("verdict").GetString()!;
            if (verdict != "accept-or-reject")
                CheckVerdict(Path.Combine(folder, entry.Name), verdict == "accept");
        }
        Assert.That(files, Is.GreaterThan(30));
    }

    static void CheckVerdict(string path, bool accept)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        if (accept)
        {
            using SafetensorsFile file = SafetensorsFile.Open(path);
            foreach (SafetensorsTensor tensor in file.Tensors)
                Assert.That(file.GetBytes(tensor.Name).Length, Is.EqualTo(tensor.ByteLength));
        }
        else
        {
            FileFormatException error = Assert.Throws<FileFormatException>(() => SafetensorsFile.Open(path).Dispose(), path)!;
            Assert.That(error.Message, Does.StartWith(path + ": ").And.EndsWith("."));
            Assert.That(error.Message, Has.Length.LessThan(2000));
        }
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(4 << 20), "allocated from a header's say-so");
    }

    [Test]
    public void Deep_nesting_does_not_overflow_the_stack()
        => Rejects("{\"a\":" + new string('[', 100_000) + new string(']', 100_000) + "}", 0, "expected an object with dtype");

    [Test]
    public void The_reason_is_said()
    {
        Rejects("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", 4, "ends at byte 8 of the data, but the file has only 4");
        Rejects("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""", 4, "F32 [2] and needs 8 bytes");
        Rejects("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 5, "1 bytes follow the last tensor");
        Rejects("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", 8,
            "4 unused bytes between the start of the data and tensor 'a'");
        Rejects("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}}""", 6,
            "tensor 'b' overlaps tensor 'a'");
        Rejects("""{"a":{"dtype":"F31","shape":[1],"data_offsets":[0,4]}}""", 4, "unknown dtype 'F31'");
        Rejects("""{"a":{"dtype":"F32","shape":[9223372036854775807,9223372036854775807,4],"data_offsets":[0,0]}}""", 0,
            "more than 2^63 bytes");
        Rejects("""{"a":{"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", 4, "'dtype' twice");
        Rejects("""{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1}}""", 4, "unknown field 'x'");
        Rejects("""{"__metadata__":{},"__metadata__":{}}""", 0, "occurs twice");
        Rejects("""{"__metadata__":{"k":"1","k":"2"}}""", 0, "key 'k' twice");
        Rejects("""{"__metadata__":["k"]}""", 0, "expected an object of strings");
        Rejects("""{"\ud800":{}}""", 0, "not Unicode");
        Rejects("""{} {}""", 0, "not valid JSON");
        Rejects("""[]""", 0, "begins with byte 0x5b");
        Rejects("""{"a":1}""", 0, "expected an object with dtype");
    }

    [Test]
    public void A_product_that_a_zero_ends_is_no_overflow()
    {
        using var folder = new TempFolder();
        string path = folder.With("zero.safetensors", Bytes("""{"a":{"dtype":"F32","shape":[4294967296,0,7],"data_offsets":[0,0]}}""", 0));
        using SafetensorsFile file = SafetensorsFile.Open(path);
        Assert.That(file["a"].ElementCount, Is.Zero);
        Assert.That(file.GetBytes("a").Length, Is.Zero);
    }

    [Test]
    public void Any_corruption_of_a_good_file_opens_or_is_a_format_error()
    {
        byte[] good = File.ReadAllBytes(Repository.Golden("hostile", "st-ok-scalar-zero.safetensors"));
        using var folder = new TempFolder();
        var random = new Random(7);
        int rejected = 0;
        for (int i = 0; i < 2000; i++)
        {
            byte[] bytes = good[..(random.Next(3) == 0 ? random.Next(good.Length) : good.Length)];
            for (int flips = random.Next(4); flips > 0 && bytes.Length > 0; flips--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            string path = folder.With("fuzz.safetensors", bytes);
            try
            {
                using SafetensorsFile file = SafetensorsFile.Open(path);
                foreach (SafetensorsTensor tensor in file.Tensors)
                    Assert.That(file.GetBytes(tensor.Name).Length, Is.EqualTo(tensor.ElementCount * tensor.DType.Size()));
            }
            catch (FileFormatException)
            {
                rejected++;
            }
        }
        Assert.That(rejected, Is.InRange(500, 1999));
    }

    static void Rejects(string header, int dataBytes, string reason)
    {
        using var folder = new TempFolder();
        string path = folder.With("bad.safetensors", Bytes(header, dataBytes));
        FileFormatException error = Assert.Throws<FileFormatException>(() => SafetensorsFile.Open(path).Dispose(), header)!;
        Assert.That(error.Message, Does.StartWith(path + ": ").And.Contain(reason));
    }

    internal static byte[] Bytes(string header, int dataBytes)
    {
        byte[] json = Encoding.UTF8.GetBytes(header);
        return [.. BitConverter.GetBytes((ulong)json.Length), .. json, .. new byte[dataBytes]];
    }
}
