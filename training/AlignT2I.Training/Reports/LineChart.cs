using System.Globalization;
using System.Text;

namespace AlignT2I.Training.Reports;

/// <summary>Lines over steps, as SVG.</summary>
/// <param name="title">What the chart shows, read out by screen readers.</param>
/// <param name="unit">What x counts, as in <c>update</c>.</param>
/// <param name="curves">The lines; each has a point.</param>
internal sealed class LineChart(string title, string unit, IReadOnlyList<ReportCurve> curves)
{
    const double Width = 460, Height = 230, Left = 44, Right = 16, Top = 12, Bottom = 38;

    readonly double maxX = Math.Max(1, curves.SelectMany(c => c.Points).Max(p => p.X));
    readonly double step = Step(Highest(curves));

    double MaxY => step * Math.Ceiling(Math.Max(1e-12, Highest(curves)) / step);

    static double Highest(IReadOnlyList<ReportCurve> curves) =>
        curves.SelectMany(c => c.Points).Select(p => p.Y).Where(double.IsFinite).DefaultIfEmpty(1).Max();

    /// <summary>The chart with its legend.</summary>
    public string ToHtml()
    {
        var svg = new StringBuilder();
        svg.Append($"""<svg class="chart" viewBox="0 0 {Width} {Height}" role="img" aria-label="{Html.Encode(Summary())}">""");
        for (double y = 0; y <= MaxY + step / 2; y += step)
        {
            string at = Html.Length(Y(y));
            svg.Append($"""<line class="grid" x1="{Left}" x2="{Width - Right}" y1="{at}" y2="{at}"/>""")
                .Append($"""<text class="axis end" x="{Left - 6}" y="{at}" dy="4">{Label(y)}</text>""");
        }
        double stepX = Step(maxX);
        for (double x = 0; x <= maxX + 1e-9; x += stepX)
            svg.Append($"""<text class="axis middle" x="{Html.Length(X(x))}" y="{Height - 22}">{Label(x)}</text>""");
        svg.Append($"""<text class="label" x="{(Left + Width - Right) / 2}" y="{Height - 6}">{Html.Encode(unit)}</text>""");
        foreach (ReportCurve curve in curves)
        {
            IEnumerable<string> points = curve.Points.Where(p => double.IsFinite(p.Y))
                .Select(p => $"{Html.Length(X(p.X))},{Html.Length(Y(p.Y))}");
            svg.Append($"""<polyline class="line {curve.Style}" points="{string.Join(' ', points)}"/>""");
        }
        svg.Append("</svg>");
        return $"{Html.Legend(curves.Select(c => (c.Name, c.Style)))}\n{svg}";
    }

    string Summary() => title + ": " + string.Join("; ", curves.Select(c =>
        $"{c.Name} from {Html.Number(c.Points[0].Y, 3)} to {Html.Number(c.Points[^1].Y, 3)}"));

    double X(double x) => Left + (Width - Left - Right) * x / maxX;

    double Y(double y) => Top + (Height - Top - Bottom) * (1 - y / MaxY);

    /// <summary>A round distance between marks: about five of them up to the largest value.</summary>
    static double Step(double max)
    {
        double raw = Math.Max(max, 1e-9) / 4, power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        return power * (raw / power) switch { <= 1 => 1, <= 2 => 2, <= 2.5 => 2.5, <= 5 => 5, _ => 10 };
    }

    static string Label(double value) => Math.Round(value, 6).ToString("0.######", CultureInfo.InvariantCulture);
}
