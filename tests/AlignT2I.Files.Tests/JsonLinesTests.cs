using System.Text;
using System.Text.Json.Serialization;

namespace AlignT2I.Files.Tests;

internal sealed partial class JsonLinesTests
{
    internal sealed record Item(int Id, string Text);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectRequiredConstructorParameters = true)]
    [JsonSerializable(typeof(Item))]
    internal sealed partial class ItemContext : JsonSerializerContext;

    static Item[] Read(string path) => JsonLines.Read(path, ItemContext.Default.Item).Select(l => l.Value).ToArray();

    [Test]
    public void What_is_appended_is_read()
    {
        using var folder = new TempFolder();
        string path = folder["a.jsonl"];
        for (int run = 0; run < 2; run++)
        {
            using JsonLinesWriter<Item> writer = JsonLinesWriter<Item>.Open(path, ItemContext.Default.Item);
            writer.Append(new Item(2 * run, "ü\n"));
            writer.Append(new Item(2 * run + 1, ""));
            Assert.That(Read(path), Has.Length.EqualTo(2 * run + 2), "not visible while the writer is open");
            writer.FlushToDisk();
        }
        Assert.That(Read(path), Is.EqualTo(new Item[] { new(0, "ü\n"), new(1, ""), new(2, "ü\n"), new(3, "") }));
        Assert.That(File.ReadAllLines(path), Has.Length.EqualTo(4));
    }

    [Test]
    public void A_kill_at_any_byte_loses_at_most_the_last_line()
    {
        using var folder = new TempFolder();
        byte[] whole = Encoding.UTF8.GetBytes("{\"id\":1,\"text\":\"a\"}\n{\"id\":2,\"text\":\"é}\"}\n");
        int firstLine = whole.AsSpan().IndexOf((byte)'\n') + 1;
        for (int kept = 0; kept <= whole.Length; kept++)
        {
            string path = folder.With("a.jsonl", whole[..kept]);
            int expected = (kept >= firstLine - 1 ? 1 : 0) + (kept >= whole.Length - 1 ? 1 : 0);
            Assert.That(Read(path), Has.Length.EqualTo(expected), $"{kept} bytes kept");
            using (JsonLinesWriter<Item> writer = JsonLinesWriter<Item>.Open(path, ItemContext.Default.Item))
                writer.Append(new Item(9, "new"));
            Item[] items = Read(path);
            Assert.That(items, Has.Length.EqualTo(expected + 1), $"{kept} bytes kept");
            Assert.That(items[^1].Id, Is.EqualTo(9));
        }
    }

    [Test]
    public void Errors_name_the_line()
    {
        using var folder = new TempFolder();
        (string Line, string Reason)[] bad =
        [
            ("{\"id\":", "not what is expected"), ("{\"id\":1}", "text"), ("[]", "could not be converted"), ("null", "null"),
            ("\"\\ud800\"", "line"),
            ("{\"id\":1.5,\"text\":\"\"}", "could not be converted"), (new string('[', 100_000), "could not be converted"),
        ];
        foreach ((string line, string reason) in bad)
        {
            string path = folder.With("a.jsonl", "{\"id\":1,\"text\":\"a\"}\n\n" + line + "\n{\"id\":1,\"text\":\"a\"}\n");
            Assert.That(() => Read(path), Throws.TypeOf<FileFormatException>().With.Message.StartsWith(path + ":3: ")
                .And.Message.Contains(reason));
        }
    }

    [Test]
    public void A_whole_last_line_of_the_wrong_kind_is_an_error_and_stays()
    {
        using var folder = new TempFolder();
        string path = folder.With("a.jsonl", "{\"id\":1}");
        Assert.Throws<FileFormatException>(() => Read(path));
        JsonLinesWriter<Item>.Open(path, ItemContext.Default.Item).Dispose();
        Assert.That(File.ReadAllText(path), Is.EqualTo("{\"id\":1}\n"));
    }

    [Test]
    public void Reads_long_lines_windows_line_ends_and_a_byte_order_mark()
    {
        using var folder = new TempFolder();
        string text = new('x', 300_000);
        string path = folder.With("a.jsonl", $"\uFEFF{{\"id\":1,\"text\":\"{text}\"}}\r\n\r\n  {{\"id\":2,\"text\":\"\"}}\r\n");
        Assert.That(Read(path), Is.EqualTo(new Item[] { new(1, text), new(2, "") }));
        JsonLine<Item> second = JsonLines.Read(path, ItemContext.Default.Item).Last();
        Assert.That(second.Line, Is.EqualTo(3));
    }

    [Test]
    public void A_line_without_end_is_refused()
    {
        using var folder = new TempFolder();
        string path = folder.With("a.jsonl", new byte[40 << 20]);
        Assert.That(() => Read(path), Throws.TypeOf<FileFormatException>().With.Message.Contains("longer than"));
        Assert.That(() => JsonLinesWriter<Item>.Open(path, ItemContext.Default.Item), Throws.TypeOf<FileFormatException>());
        Assert.That(new FileInfo(path).Length, Is.EqualTo(40 << 20));
    }

    [Test]
    public void Any_corruption_is_read_or_is_a_format_error_with_its_line()
    {
        using var folder = new TempFolder();
        byte[] good = Encoding.UTF8.GetBytes("{\"id\":1,\"text\":\"a\"}\n{\"id\":2,\"text\":\"\\u00fcé\"}\n{\"id\":3,\"text\":\"\"}\n");
        var random = new Random(5);
        int rejected = 0;
        for (int i = 0; i < 500; i++)
        {
            byte[] bytes = good[..random.Next(1, good.Length + 1)];
            for (int flips = random.Next(1, 4); flips > 0; flips--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            string path = folder.With("a.jsonl", bytes);
            try
            {
                Assert.That(Read(path), Has.Length.LessThanOrEqualTo(6));
            }
            catch (FileFormatException e)
            {
                Assert.That(e.Message, Does.Match("^" + path + ":[1-6]: "));
                rejected++;
            }
        }
        Assert.That(rejected, Is.InRange(200, 499));
    }

    [Test]
    public void A_full_disk_keeps_every_whole_line()
    {
        using SmallDisk disk = SmallDisk.OfKiB(64);
        string path = disk["a.jsonl"];
        int appended = 0;
        using (JsonLinesWriter<Item> writer = JsonLinesWriter<Item>.Open(path, ItemContext.Default.Item))
        {
            Assert.That(() =>
            {
                for (; appended < 100; appended++)
                    writer.Append(new Item(appended, new string('x', 3000)));
            }, Throws.TypeOf<StorageException>().With.Message.Contains("the disk is full"));
        }
        Assert.That(appended, Is.InRange(1, 30));
        Assert.That(Read(path), Has.Length.EqualTo(appended));
        Assert.That(File.ReadAllText(path), Does.EndWith("}\n"));
    }
}
