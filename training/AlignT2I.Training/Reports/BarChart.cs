using System.Text;

namespace AlignT2I.Training.Reports;

/// <summary>Bars in groups, as SVG: shares from 0 to 1 on an axis from 0 to 100%.</summary>
/// <param name="title">What the chart shows, read out by screen readers.</param>
/// <param name="groups">The groups along the x axis.</param>
/// <param name="series">For each colour its name, style and one share per group; null leaves the place empty.</param>
internal sealed class BarChart(
    string title, IReadOnlyList<string> groups, IReadOnlyList<(string Name, string Style, IReadOnlyList<double?> Shares)> series)
{
    const double Width = 460, Height = 250, Left = 34, Right = 6, Top = 16, Bottom = 28, DigitWidth = 7;

    /// <summary>A dashed line across the chart, as chance is for pairs; null for none.</summary>
    public double? Reference { get; init; }

    /// <summary>The chart with its legend and, folded away, its numbers.</summary>
    public string ToHtml()
    {
        var svg = new StringBuilder();
        svg.Append($"""<svg class="chart" viewBox="0 0 {Width} {Height}" role="img" aria-label="{Html.Encode(title)}">""");
        for (int percent = 0; percent <= 100; percent += 25)
        {
            string y = Html.Length(Y(percent / 100.0));
            svg.Append($"""<line class="grid" x1="{Left}" x2="{Width - Right}" y1="{y}" y2="{y}"/>""")
                .Append($"""<text class="axis end" x="{Left - 6}" y="{y}" dy="4">{percent}</text>""");
        }
        for (int g = 0; g < groups.Count; g++)
            Group(svg, g);
        if (Reference is double share)
        {
            string y = Html.Length(Y(share));
            svg.Append($"""<line class="reference" x1="{Left}" x2="{Width - Right}" y1="{y}" y2="{y}"/>""");
        }
        svg.Append("</svg>");
        string numbers = Html.Table(
            title, ["", .. groups.Select(Html.Encode)],
            series.Select(s => (IReadOnlyList<string>)
                [Html.Encode(s.Name), .. s.Shares.Select(v => v is double x ? Html.Percent(x) : "")]));
        return $"""
            {Html.Legend(series.Select(s => (s.Name, s.Style)))}
            {svg}
            <details><summary>Numbers</summary>{numbers}</details>
            """;
    }

    void Group(StringBuilder svg, int group)
    {
        double room = (Width - Left - Right) / groups.Count, bar = Math.Min(40, room * 0.82 / series.Count);
        double center = Left + room * (group + 0.5), first = center - bar * series.Count / 2;
        for (int s = 0; s < series.Count; s++)
        {
            if (series[s].Shares[group] is not double share)
                continue;
            double x = first + bar * s, y = Y(share), gap = bar > 12 ? 1.5 : 0.75;
            svg.Append($"""<path class="{series[s].Style}" d="{Bar(x + gap, y, bar - 2 * gap)}"/>""");
            string value = Html.Number(100 * share, 0), narrow = value.Length * DigitWidth > bar ? " narrow" : "";
            svg.Append($"""<text class="value{narrow}" x="{Html.Length(x + bar / 2)}" y="{Html.Length(y - 4)}">{value}</text>""");
        }
        svg.Append($"""<text class="label" x="{Html.Length(center)}" y="{Height - 8}">{Html.Encode(groups[group])}</text>""");
    }

    /// <summary>A bar from the axis up with its upper corners rounded.</summary>
    static string Bar(double x, double y, double width)
    {
        double bottom = Y(0), radius = Math.Min(3, Math.Min(width / 2, bottom - y));
        string r = Html.Length(radius), up = Html.Length(-radius), foot = Html.Length(bottom);
        return $"M{Html.Length(x)} {foot}V{Html.Length(y + radius)}q0 {up} {r} {up}"
            + $"h{Html.Length(width - 2 * radius)}q{r} 0 {r} {r}V{foot}z";
    }

    static double Y(double share) => Top + (Height - Top - Bottom) * (1 - share);
}
