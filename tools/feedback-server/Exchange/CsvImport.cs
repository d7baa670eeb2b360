using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using AlignT2I.Feedback;
using AlignT2I.Files;

namespace AlignT2I.FeedbackServer.Exchange;

/// <summary>Reads labels out of CSV files: our own, or any through a mapping.</summary>
internal static partial class CsvImport
{
    static readonly string[] ownColumns = ["image", "prompt", "rater", "label", "time"];

    /// <summary>Labels of a CSV file as this program writes them.</summary>
    /// <exception cref="FileFormatException">A column is missing, or a field is not what it should be.</exception>
    public static IReadOnlyList<FeedbackRecord> Read(string name, string text)
    {
        IReadOnlyList<(int Line, string[] Fields)> records = Csv.Read(name, text);
        int[] columns = [.. ownColumns.Select(c => Column(name, records, c))];
        return
        [
            .. records.Skip(1).Select(record =>
            {
                string[] f = [.. columns.Select(c => record.Fields[c])];
                if (!Enum.TryParse(f[3], ignoreCase: true, out FeedbackLabel label) || char.IsAsciiDigit(f[3][0]))
                    throw new FileFormatException($"{name}:{record.Line}", $"the label is '{f[3]}'; expected good, bad or skip.");
                return Checked(name, record.Line, new FeedbackRecord(f[0], f[1], f[2], label, TimeOf(name, record.Line, f[4])));
            }),
        ];
    }

    /// <summary>Labels of somebody's CSV file.</summary>
    /// <param name="mapping">What its columns mean.</param>
    /// <param name="mappingFolder">Folder of the mapping, where its reference lies.</param>
    /// <param name="now">Time of labels for which the file has none.</param>
    /// <exception cref="FileFormatException">The mapping names what is not there, or a field is not what it should be.</exception>
    public static IReadOnlyList<FeedbackRecord> Read(
        string name, string text, CsvMapping mapping, string mappingFolder, DateTimeOffset now)
    {
        IReadOnlyList<(int Line, string[] Fields)> records = Csv.Read(name, text);
        Dictionary<string, int> columns = records.Count == 0 ? [] : records[0].Fields.Select((c, i) => (c, i)).DistinctBy(c => c.c)
            .ToDictionary();
        JsonElement[] references = mapping.Reference is { } source
            ? [.. JsonLines.Read(Path.Combine(mappingFolder, source.File), ExchangeJson.Default.JsonElement).Select(l => l.Value)] : [];
        Dictionary<string, int> answers = new(StringComparer.Ordinal);
        List<FeedbackRecord> labels = [];
        foreach ((int line, string[] fields) in records.Skip(1))
        {
            string where = $"{name}:{line}";
            string Field(string column) => columns.TryGetValue(column, out int at) ? fields[at]
                : throw new FileFormatException(where, $"the mapping names the column '{column}', which the file does not have.");
            string image = Fill(mapping.Image, Field, 0);
            int number = answers[image] = answers.GetValueOrDefault(image) + 1;
            JsonElement? reference = null;
            if (mapping.Reference is not null)
            {
                string index = Fill(mapping.Reference.Line, Field, number);
                reference = int.TryParse(index, out int at) && at >= 0 && at < references.Length ? references[at]
                    : throw new FileFormatException(
                        where, $"the reference {mapping.Reference.File} has no line '{index}'; it has {references.Length}.");
            }
            bool All(IReadOnlyList<CsvCondition>? conditions) =>
                conditions is { Count: > 0 } && conditions.All(c => Holds(c, Field(c.Column), reference));
            FeedbackLabel label = All(mapping.Skip) ? FeedbackLabel.Skip : All(mapping.Good) ? FeedbackLabel.Good : FeedbackLabel.Bad;
            DateTimeOffset time = mapping.Time is { } template ? TimeOf(name, line, Fill(template, Field, number)) : now;
            labels.Add(Checked(name, line, new FeedbackRecord(
                image, Fill(mapping.Prompt, Field, number), Fill(mapping.Rater, Field, number), label, time)));
        }
        return labels;
    }

    static bool Holds(CsvCondition condition, string field, JsonElement? reference)
    {
        string? expected = condition.Value ?? (reference is { } root && condition.EqualTo is { } path ? Find(root, path) : null);
        if (expected is null)
            return true;
        string[] values = condition.Separator is { } separator ? field.Split(separator) : [field];
        return values.Any(v => Same(v, expected));
    }

    /// <summary>Numbers are the same as numbers: 1.0 is 1.</summary>
    static bool Same(string a, string b) =>
        double.TryParse(a, CultureInfo.InvariantCulture, out double x) && double.TryParse(b, CultureInfo.InvariantCulture, out double y)
            ? x == y : string.Equals(a.Trim(), b, StringComparison.OrdinalIgnoreCase);

    /// <summary>The value at a path such as include[0].count; null where there is none.</summary>
    static string? Find(JsonElement element, string path)
    {
        foreach (Match step in PathStep().Matches(path))
        {
            if (step.Groups["index"].Success)
            {
                int index = int.Parse(step.Groups["index"].ValueSpan, CultureInfo.InvariantCulture);
                if (element.ValueKind != JsonValueKind.Array || index >= element.GetArrayLength())
                    return null;
                element = element[index];
            }
            else if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(step.Value, out element))
            {
                return null;
            }
        }
        return element.ToString();
    }

    static string Fill(string template, Func<string, string> field, int number) => Placeholder().Replace(
        template, match => match.Groups[1].Value == "#" ? number.ToString(CultureInfo.InvariantCulture) : field(match.Groups[1].Value));

    static int Column(string name, IReadOnlyList<(int Line, string[] Fields)> records, string column)
    {
        int at = records.Count == 0 ? -1 : Array.IndexOf(records[0].Fields, column);
        return at >= 0 ? at : throw new FileFormatException(name,
            $"there is no column '{column}'; expected {string.Join(", ", ownColumns)}, "
            + "or give a --mapping that says what the columns mean.");
    }

    static DateTimeOffset TimeOf(string name, int line, string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? time
            : throw new FileFormatException($"{name}:{line}", $"the time is '{text}'; expected ISO 8601 as in 2026-03-01T12:00:00Z.");

    static FeedbackRecord Checked(string name, int line, FeedbackRecord record) =>
        record.Problem is { } problem ? throw new FileFormatException($"{name}:{line}", problem + ".") : record;

    [GeneratedRegex(@"\{([^{}]+)\}")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"\[(?<index>\d{1,6})\]|[^.\[\]]+")]
    private static partial Regex PathStep();
}
