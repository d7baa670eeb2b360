namespace AlignT2I.CommandLine;

/// <summary>The widths of a table's columns on a terminal: words stay whole.</summary>
internal static class TableWidths
{
    /// <summary>As wide as the cells where that fits; otherwise the widest columns get narrower, down to their longest words.</summary>
    /// <param name="lines">The header's cells, and those of the rows.</param>
    /// <param name="available">Characters on a line of the terminal.</param>
    public static int[] Fit(IReadOnlyList<IReadOnlyList<string>> lines, int available)
    {
        int[] columns = [.. Enumerable.Range(0, lines[0].Count)];
        int[] widths = Array.ConvertAll(columns, c => lines.Max(line => line[c].Length));
        int[] least = Array.ConvertAll(columns, c => lines.Max(line => line[c].Split(' ').Max(word => word.Length)));
        while (Total(widths) > available && columns.Where(c => widths[c] > least[c]).ToArray() is { Length: > 0 } reducible)
            widths[reducible.MaxBy(c => widths[c])]--;
        return widths;
    }

    /// <summary>Characters on a line of the table: a border and a space on either side of each column.</summary>
    public static int Total(int[] widths) => widths.Sum() + 3 * widths.Length + 1;
}
