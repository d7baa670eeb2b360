namespace AlignT2I.Files.Tests;

internal sealed class Crc32Tests
{
    [Test]
    public void The_check_value_of_the_standard() => Assert.That(Crc32.Of("123456789"u8), Is.EqualTo(0xCBF43926));

    [Test]
    public void Pieces_give_what_the_whole_gives()
    {
        byte[] bytes = new byte[1000];
        new Random(3).NextBytes(bytes);
        uint bitByBit = BitByBit(bytes);
        foreach (int cut in (int[])[0, 1, 7, 8, 9, 500, 993, 1000])
        {
            var crc = new Crc32();
            crc.Add(bytes.AsSpan(0, cut));
            crc.Add(bytes.AsSpan(cut));
            Assert.That(crc.Value, Is.EqualTo(bitByBit));
        }
    }

    static uint BitByBit(byte[] bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in bytes)
        {
            crc ^= b;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc & 1) == 0 ? crc >> 1 : 0xedb88320 ^ (crc >> 1);
        }
        return ~crc;
    }
}
