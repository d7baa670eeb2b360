using System.Globalization;
using System.Text.Json.Nodes;
using AlignT2I.Files;
using AlignT2I.WeightsConverter.Loading;
using AlignT2I.WeightsConverter.Sources;

namespace AlignT2I.WeightsConverter.Commands;

/// <summary>What <c>inspect</c> says of one file.</summary>
/// <param name="file">The file.</param>
/// <param name="filter">Only tensors whose name contains this are listed.</param>
/// <param name="all">Whether the training state is listed, too.</param>
internal sealed class WeightsSummary(WeightsFile file, string filter, bool all)
{
    IEnumerable<WeightsTensor> Listed(IEnumerable<WeightsTensor> tensors)
        => tensors.Where(t => t.Name.Contains(filter, StringComparison.Ordinal));

    string? Model => ModelKinds.Describe([.. file.Tensors.Select(t => t.Name)]);

    public void Print(TextWriter output)
    {
        output.WriteLine($"{file.Path} ({file.Format})");
        foreach ((string key, string value) in file.Metadata)
            output.WriteLine($"  {Printable.Text(key)}: {Printable.Text(value)}");
        PrintTable(output, [.. Listed(file.Tensors)]);
        output.WriteLine($"  {Totals(file.Tensors)}");
        if (Model is { } model)
            output.WriteLine($"  looks like: {model}");
        if (file.TrainingState.Count == 0)
            return;
        if (all)
            PrintTable(output, [.. Listed(file.TrainingState)]);
        output.WriteLine($"  beside the weights, training state: {Totals(file.TrainingState)}{(all ? "" : " (--all lists it)")}");
    }

    static void PrintTable(TextWriter output, IReadOnlyList<WeightsTensor> tensors)
    {
        IReadOnlyList<string[]> rows =
        [
            ["name", "dtype", "shape", "bytes"],
            .. tensors.Select(Row),
        ];
        int[] widths = [.. Enumerable.Range(0, 4).Select(column => rows.Max(row => row[column].Length))];
        foreach (string[] row in rows)
        {
            IEnumerable<string> texts = row.Take(3).Zip(widths, (cell, width) => cell.PadRight(width));
            output.WriteLine($"  {string.Join("  ", texts)}  {row[3].PadLeft(widths[3])}");
        }
    }

    static string[] Row(WeightsTensor tensor) =>
        [Printable.Text(tensor.Name), tensor.DType.FileName(), $"[{string.Join(", ", tensor.Shape)}]", Number(tensor.ByteCount)];

    static string Totals(IReadOnlyList<WeightsTensor> tensors) =>
        $"{Number(tensors.Count)} tensors, {Number(tensors.Sum(t => t.ElementCount))} parameters, " +
        $"{Number(tensors.Sum(t => t.ByteCount))} bytes";

    static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    public JsonObject Json()
    {
        var metadata = new JsonObject(file.Metadata.Select(m => KeyValuePair.Create(m.Key, (JsonNode?)m.Value)));
        return new JsonObject
        {
            ["path"] = file.Path,
            ["format"] = file.Format,
            ["model"] = Model,
            ["metadata"] = metadata,
            ["parameters"] = file.Tensors.Sum(t => t.ElementCount),
            ["bytes"] = file.Tensors.Sum(t => t.ByteCount),
            ["tensors"] = Rows(file.Tensors),
            ["trainingState"] = all ? Rows(file.TrainingState) : [],
        };
    }

    JsonArray Rows(IEnumerable<WeightsTensor> tensors) => [.. Listed(tensors).Select(JsonNode (t) => new JsonObject
    {
        ["name"] = t.Name,
        ["dtype"] = t.DType.FileName(),
        ["shape"] = JsonNames.Of(t.Shape),
        ["bytes"] = t.ByteCount,
    })];
}
