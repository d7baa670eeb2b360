using System.Globalization;
using System.Text;

namespace AlignT2I.Models.Clip;

/// <summary>Unicode normalization form C.</summary>
/// <remarks>
/// Unicode Standard Annex 15. Own tables, because <see cref="string.Normalize()"/> returns its input where the runtime has no ICU,
/// and tokens must not depend on the machine.
/// </remarks>
internal static class UnicodeComposition
{
    const int HangulBase = 0xAC00, LeadBase = 0x1100, VowelBase = 0x1161, TrailBase = 0x11A7;
    const int Leads = 19, Vowels = 21, Trails = 28, Syllables = Leads * Vowels * Trails;

    static readonly Dictionary<int, int> classes = [];
    static readonly Dictionary<int, int[]> decompositions = [];
    static readonly Dictionary<(int First, int Second), int> compositions = [];

    static UnicodeComposition()
    {
        using Stream stream = typeof(UnicodeComposition).Assembly.GetManifestResourceStream("unicode-canonical.txt")!;
        using StreamReader reader = new(stream);
        while (reader.ReadLine() is { } line)
        {
            if (line[0] == '#') continue;
            int[] numbers = [.. line[2..].Split(' ').Select(h => int.Parse(h, NumberStyles.HexNumber, CultureInfo.InvariantCulture))];
            if (line[0] == 'c')
            {
                for (int c = numbers[1]; c <= numbers[2]; c++)
                    classes[c] = numbers[0];
                continue;
            }
            decompositions[numbers[0]] = numbers[1..];
            if (line[0] == 'd') compositions[(numbers[1], numbers[2])] = numbers[0];
        }
    }

    /// <summary><paramref name="text"/> in normalization form C.</summary>
    public static string Compose(string text)
    {
        if (text.All(c => c < 0x300)) return text;      // nothing below U+0300 combines
        List<int> points = [];
        foreach (Rune rune in text.EnumerateRunes())
            Decompose(rune.Value, points);
        Sort(points);

        int starter = -1, kept = 0, lastClass = 0;      // lastClass: of the last character kept after the starter
        for (int i = 0; i < points.Count; i++)
        {
            int point = points[i], pointClass = Class(point);
            bool blocked = kept - 1 > starter && lastClass >= pointClass;
            if (starter >= 0 && !blocked && Pair(points[starter], point) is int composed)
            {
                points[starter] = composed;
                continue;
            }
            if (pointClass == 0) starter = kept;
            lastClass = pointClass;
            points[kept++] = point;
        }
        StringBuilder result = new(text.Length);
        for (int i = 0; i < kept; i++)
            result.Append(new Rune(points[i]).ToString());
        return result.ToString();
    }

    static int Class(int point) => classes.GetValueOrDefault(point);

    static void Decompose(int point, List<int> points)
    {
        int syllable = point - HangulBase;
        if (syllable is >= 0 and < Syllables)
        {
            points.Add(LeadBase + syllable / (Vowels * Trails));
            points.Add(VowelBase + syllable / Trails % Vowels);
            if (syllable % Trails != 0) points.Add(TrailBase + syllable % Trails);
        }
        else if (decompositions.TryGetValue(point, out int[]? parts))
        {
            foreach (int part in parts)
                Decompose(part, points);
        }
        else points.Add(point);
    }

    /// <summary>Runs of combining marks in the order of their class, equals in the order they came.</summary>
    static void Sort(List<int> points)
    {
        for (int i = 0; i < points.Count;)
        {
            int end = i;
            while (end < points.Count && Class(points[end]) != 0) end++;
            if (end - i > 1)
            {
                int[] sorted = [.. points.GetRange(i, end - i).OrderBy(Class)];
                for (int k = 0; k < sorted.Length; k++)
                    points[i + k] = sorted[k];
            }
            i = Math.Max(end, i + 1);
        }
    }

    static int? Pair(int first, int second)
    {
        int lead = first - LeadBase, vowel = second - VowelBase;
        if (lead is >= 0 and < Leads && vowel is >= 0 and < Vowels) return HangulBase + (lead * Vowels + vowel) * Trails;
        int syllable = first - HangulBase, trail = second - TrailBase;
        if (syllable is >= 0 and < Syllables && syllable % Trails == 0 && trail is > 0 and < Trails) return first + trail;
        return compositions.TryGetValue((first, second), out int composed) ? composed : null;
    }
}
