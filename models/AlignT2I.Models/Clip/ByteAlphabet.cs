using System.Text;

namespace AlignT2I.Models.Clip;

/// <summary>The 256 printable characters that stand for bytes in <c>vocab.json</c> and <c>merges.txt</c>.</summary>
/// <remarks>
/// Radford et al. 2019 (GPT-2), as used by CLIP: printable Latin-1 bytes stand for themselves, the other 68 for U+0100 and up in
/// ascending order, so that no token contains white space or a control character.
/// </remarks>
internal static class ByteAlphabet
{
    static readonly char[] symbols = MakeSymbols();

    /// <summary>The bytes in the order of CLIP's vocabulary: the printable ones first, then the others.</summary>
    public static IEnumerable<byte> VocabularyOrder
    {
        get
        {
            for (int b = 0; b < 256; b++)
                if (IsPrintable(b)) yield return (byte)b;
            for (int b = 0; b < 256; b++)
                if (!IsPrintable(b)) yield return (byte)b;
        }
    }

    /// <summary>The character that stands for <paramref name="value"/>.</summary>
    public static char Symbol(byte value) => symbols[value];

    /// <summary>The UTF-8 bytes of <paramref name="text"/>, each written as its character.</summary>
    public static string Write(string text) => string.Concat(Encoding.UTF8.GetBytes(text).Select(Symbol));

    static bool IsPrintable(int b) => b is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);

    static char[] MakeSymbols()
    {
        char[] result = new char[256];
        int next = 0x100;
        for (int b = 0; b < 256; b++)
            result[b] = (char)(IsPrintable(b) ? b : next++);
        return result;
    }
}
