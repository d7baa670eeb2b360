using System.Globalization;
using System.Net;

namespace AlignT2I.Training.Reports;

/// <summary>Text and numbers as the report writes them.</summary>
internal static class Html
{
    public static string Encode(string text) => WebUtility.HtmlEncode(text);

    /// <summary>A share of 1 with one decimal: 63.4%.</summary>
    public static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0.0}%");

    /// <summary>A change of a share in percentage points: +12.5.</summary>
    public static string Points(double change) => string.Create(CultureInfo.InvariantCulture, $"{100 * change:+0.0;−0.0;0.0}");

    public static string Number(double value, int decimals) => value.ToString("F" + decimals, CultureInfo.InvariantCulture);

    /// <summary>A number, or nothing where there is none.</summary>
    public static string Number(double? value, int decimals) => value is double number ? Number(number, decimals) : "";

    public static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A length in an SVG.</summary>
    public static string Length(double value) => Math.Round(value, 2).ToString(CultureInfo.InvariantCulture);

    /// <summary>Minutes and seconds: 3 min 12 s.</summary>
    public static string Duration(double seconds)
    {
        TimeSpan time = TimeSpan.FromSeconds(Math.Round(seconds));
        return time.TotalMinutes < 1 ? $"{time.Seconds} s" : $"{(int)time.TotalMinutes} min {time.Seconds} s";
    }

    /// <summary>An image within the page.</summary>
    public static string Picture(ReportPicture picture)
    {
        string verdict = picture.Good switch { true => "good", false => "bad", _ => "" };
        string reward = picture.Reward is double value ? $", reward {Number(value, 2)}" : "";
        string judgement = picture.Good is null ? "" : $"; {verdict} by the {picture.Rater}";
        string alt = Encode($"Picture by {picture.Maker} for “{picture.Prompt}”{judgement}{reward}");
        string caption = picture.Reward is double shown ? Number(shown, 2) : verdict;
        string mark = picture.Good switch { true => "<b>✓</b> ", false => "<b>✗</b> ", _ => "" };
        string data = Convert.ToBase64String(picture.Png);
        return $"""
            <figure class="picture {verdict}"><img src="data:image/png;base64,{data}" width="64" height="64" alt="{alt}"
            loading="lazy"><figcaption aria-hidden="true">{mark}{caption}</figcaption></figure>
            """;
    }

    /// <summary>The colours of a chart and what they stand for.</summary>
    public static string Legend(IEnumerable<(string Name, string Style)> entries) =>
        $"""<ul class="legend">{string.Concat(entries.Select(e => $"""<li><i class="{e.Style}"></i>{Encode(e.Name)}</li>"""))}</ul>""";

    /// <summary>A table; the first column holds the rows' headers.</summary>
    public static string Table(string caption, IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows) => $"""
        <div class="scroll"><table>
        <caption>{Encode(caption)}</caption>
        <thead><tr>{string.Concat(columns.Select(c => $"""<th scope="col">{c}</th>"""))}</tr></thead>
        <tbody>
        {string.Join('\n', rows.Select(Row))}
        </tbody>
        </table></div>
        """;

    static string Row(IReadOnlyList<string> cells) =>
        $"""<tr><th scope="row">{cells[0]}</th>{string.Concat(cells.Skip(1).Select(c => $"<td>{c}</td>"))}</tr>""";
}
