using System.Globalization;
using AlignT2I.Files;

namespace AlignT2I.Training.Runs;

/// <summary>One part of work that several processes share: part i of n does every n-th item, beginning with item i.</summary>
/// <param name="Index">From 0 to <paramref name="Count"/> - 1.</param>
/// <param name="Count">Number of parts, 1 or more.</param>
public readonly record struct Shard(int Index, int Count)
{
    /// <summary>All the work.</summary>
    public static Shard All => new(0, 1);

    /// <summary>Whether an item is of this part.</summary>
    /// <param name="item">Number of the item, from 0.</param>
    public bool Has(long item) => item % Count == Index;

    /// <summary>Reads <c>i/n</c>, as in <c>0/4</c>.</summary>
    /// <exception cref="UsageException">The text is not of this form, or i is not below n.</exception>
    public static Shard Parse(string text)
    {
        string[] parts = text.Split('/');
        if (parts.Length == 2 && Number(parts[0]) is int index && Number(parts[1]) is int count && index < count)
            return new Shard(index, count);
        throw new UsageException($"the shard '{text}' is not of the form i/n with 0 <= i < n; write for example 0/4.");
    }

    static int? Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : null;
}
