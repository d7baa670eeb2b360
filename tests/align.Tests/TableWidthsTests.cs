using AlignT2I.CommandLine;

namespace AlignT2I.Align.Tests;

internal sealed class TableWidthsTests
{
    static readonly string[][] lines =
        [["reward", "validation loss", "seconds"], ["reward, without prompt classification", "1.2289 ± 0.0433", "0.2"]];

    [TestCase(160, 37, 15, 7)]
    [TestCase(50, 18, 15, 7)]
    [TestCase(41, 14, 10, 7)]
    [TestCase(20, 14, 10, 7)]
    public void Words_stay_whole_on_a_narrow_terminal(int available, int first, int second, int third)
    {
        int[] widths = TableWidths.Fit(lines, available);
        Assert.That(widths, Is.EqualTo(new[] { first, second, third }));
        Assert.That(TableWidths.Total(widths), Is.LessThanOrEqualTo(Math.Max(available, TableWidths.Total([14, 10, 7]))));
    }
}
