using System.Buffers.Binary;
using System.Text;

namespace AlignT2I.Files.Tests;

internal sealed class PngHostileTests
{
    static readonly byte[] good = PngSample.Create(9, 7, depth: 4, color: 3, interlaced: true, transparency: true, seed: 1).Bytes;

    [Test]
    public void Every_truncation_is_a_format_error()
    {
        for (int length = 0; length < good.Length; length++)
            Rejects(good[..length], "");
    }

    [Test]
    public void Any_flipped_byte_is_noticed_by_a_checksum()
    {
        for (int i = 0; i < good.Length; i++)
        {
            byte[] bytes = [.. good];
            bytes[i] ^= 0x10;
            Rejects(bytes, "");
        }
    }

    [Test]
    public void Corruption_behind_right_checksums_decodes_or_is_a_format_error()
    {
        var random = new Random(11);
        int rejected = 0;
        for (int i = 0; i < 3000; i++)
        {
            int color = new[] { 0, 2, 3, 4, 6 }[random.Next(5)];
            (int width, int height, bool interlaced) = (random.Next(1, 12), random.Next(1, 12), random.Next(2) == 0);
            byte[] bytes = PngSample.Create(width, height, depth: 8, color, interlaced, color < 4, seed: i).Bytes;
            for (int flips = random.Next(1, 4); flips > 0; flips--)
                bytes[random.Next(8, bytes.Length)] = (byte)random.Next(256);
            MendChecksums(bytes);
            try
            {
                Image image = Png.Decode(bytes, "fuzz.png").Image;
                Assert.That(image.Pixels, Has.Length.EqualTo(image.Width * image.Height * image.Channels));
            }
            catch (FileFormatException e)
            {
                Assert.That(e.Message, Does.StartWith("fuzz.png: "));
                rejected++;
            }
        }
        Assert.That(rejected, Is.InRange(1000, 2999));
    }

    [Test]
    public void A_small_file_that_claims_to_be_huge_costs_nothing()
    {
        foreach ((uint width, uint height, string reason) in new[]
        {
            (8000u, 8000u, "too many for its"), (0x7fffffffu, 0x7fffffffu, "more than the"), (1u << 31, 1u, "the format allows"),
            (0u, 1u, "the format allows"),
        })
        {
            byte[] bytes = [.. Png.Encode(new Image(1, 1, 1, [0]))];
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(16), width);
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(20), height);
            MendChecksums(bytes);
            long before = GC.GetAllocatedBytesForCurrentThread();
            Rejects(bytes, reason);
            Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(4 << 20));
        }
    }

    [Test]
    public void The_reason_is_said()
    {
        Rejects(PngTests.WithChunks(("tEXt", [.. "no zero"u8])), "lacks the zero byte");
        Rejects(PngTests.WithChunks(("tEXt", [.. "\0x"u8])), "0 characters");
        Rejects(PngTests.WithChunks(("iTXt", [.. "k\0"u8])), "too short");
        Rejects(PngTests.WithChunks(("iTXt", [.. "k\0\0\0\0\0"u8, 0xff])), "not UTF-8");
        Rejects(PngTests.WithChunks(("zTXt", [.. "k\0\0garbage"u8])), "cannot be decompressed");
        Rejects(PngTests.WithChunks(("zTXt", [.. "k\0\x01"u8])), "unknown compression 1");
        Rejects(PngTests.WithChunks(("ABCD", [])), "must be understood");
        Rejects(PngTests.WithChunks(("IHDR", new byte[13])), "not in order");
        Rejects(PngTests.WithChunks(("PLTE", new byte[4])), "palette has 4 bytes");
        Rejects(PngTests.WithChunks(("PLTE", new byte[3]), ("PLTE", new byte[3])), "not in order");
        Rejects(PngTests.WithChunks(("tRNS", new byte[6])), "does not fit colour type 0");
        Rejects(PngTests.WithChunks(("IDAT", new byte[3]), ("tEXt", [.. "k\0v"u8])), "image data in two places");
        Rejects(PngTests.WithChunks(("IDAT", PngTests.Deflate(new byte[3]))), "goes on after the last row");
        Rejects(PngTests.WithChunks(("IDAT", PngTests.Deflate([5, 0]))), "unknown filter 5");
        Rejects(Encoding.ASCII.GetBytes("GIF89a....................."), "PNG signature");
        Rejects([], "PNG signature");
    }

    [Test]
    public void A_text_bomb_is_refused()
        => Rejects(PngTests.WithChunks(("zTXt", [.. "k\0\0"u8, .. PngTests.Deflate(new byte[20 << 20])])), "expand to more than");

    [Test]
    public void Unknown_extra_chunks_are_passed_over()
        => Assert.That(Png.Decode(PngTests.WithChunks(("gAMA", new byte[4]), ("abCd", new byte[9])), "x").Image.Pixels,
            Is.EqualTo(new byte[] { 77, 77, 77 }));

    [Test]
    public void A_missing_file_is_a_usage_error()
    {
        using var folder = new TempFolder();
        Assert.That(() => Png.Read(folder["a.png"]), Throws.TypeOf<UsageException>().With.Message.StartsWith(folder["a.png"]));
    }

    static void Rejects(byte[] bytes, string reason)
        => Assert.That(() => Png.Decode(bytes, "bad.png"), Throws.TypeOf<FileFormatException>().With.Message.StartsWith("bad.png: ")
            .And.Message.Contains(reason));

    static void MendChecksums(byte[] png)
    {
        for (long at = 8; at + 12 <= png.Length;)
        {
            uint length = BinaryPrimitives.ReadUInt32BigEndian(png.AsSpan((int)at));
            if (at + 12 + length > png.Length)
                return;
            Span<byte> typed = png.AsSpan((int)at + 4, 4 + (int)length);
            BinaryPrimitives.WriteUInt32BigEndian(png.AsSpan((int)at + 8 + (int)length), Crc32.Of(typed));
            at += 12 + length;
        }
    }
}
