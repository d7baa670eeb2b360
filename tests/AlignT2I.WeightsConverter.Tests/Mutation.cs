namespace AlignT2I.WeightsConverter.Tests;

/// <summary>Damages bytes in the ways that find mistakes in readers.</summary>
internal static class Mutation
{
    static readonly byte[][] interesting =
    [
        [0], [0xff], [0x7f], [0x80], [0xff, 0xff, 0xff, 0xff], [0xff, 0xff, 0xff, 0x7f], [0, 0, 0, 0x80],
        [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f], [0, 0, 0, 0, 0, 0, 0, 0x80],
        .. "().0RQbtueasoqrhj}]2X"u8.ToArray().Select(b => new[] { b }),
    ];

    /// <summary>A copy with one to four damages.</summary>
    public static byte[] Of(byte[] whole, Random random)
    {
        var bytes = new List<byte>(whole);
        for (int count = random.Next(1, 5); count > 0 && bytes.Count > 0; count--)
        {
            int at = random.Next(bytes.Count), length = Math.Min(random.Next(1, 40), bytes.Count - at);
            switch (random.Next(6))
            {
                case 0: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 1: bytes[at] = (byte)random.Next(256); break;
                case 2: bytes.RemoveRange(at, length); break;
                case 3: bytes.InsertRange(random.Next(bytes.Count), bytes.GetRange(at, length)); break;
                case 4: bytes.InsertRange(at, interesting[random.Next(interesting.Length)]); break;
                default:
                    byte[] value = interesting[random.Next(interesting.Length)];
                    for (int i = 0; i < value.Length && at + i < bytes.Count; i++)
                        bytes[at + i] = value[i];
                    break;
            }
        }
        return [.. bytes];
    }
}
