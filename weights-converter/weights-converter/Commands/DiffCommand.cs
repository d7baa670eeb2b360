using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using AlignT2I.CommandLine;
using AlignT2I.Files;
using AlignT2I.WeightsConverter.Comparison;
using AlignT2I.WeightsConverter.Loading;

namespace AlignT2I.WeightsConverter.Commands;

/// <summary><c>weights-converter diff</c>: two models tensor by tensor, whatever their files call them.</summary>
internal static class DiffCommand
{
    static readonly Argument<string> first = new("A") { Description = "a model's file or folder" };
    static readonly Argument<string> second = new("B") { Description = "another" };
    static readonly Option<bool> raw = new("--raw")
    {
        Description = "compare two files under their own names, of whatever they are [default: the models in them]",
    };
    static readonly Option<bool> all = new("--all") { Description = "list identical tensors, too" };
    static readonly Option<string?> weights = ModelOptions.Weights();
    static readonly Option<DirectoryInfo?> config = ModelOptions.Config();
    static readonly Option<bool> json = CommandOptions.Json();

    public static Command Create()
    {
        var command = new Command("diff", CommandOptions.WithExample(
            "Compare two models: for each tensor whether it is in both, shape, type, largest absolute difference; exit code 1 where "
                + "they differ. A single "
            + "file and a diffusers folder of the same model compare equal.",
            "weights-converter diff v1-5-pruned-emaonly.safetensors sd15"))
            { first, second, raw, all, weights, config, json };
        command.SetAction(parse =>
        {
            var report = new Report(parse.GetValue(json));
            LoadingOptions options = ModelOptions.Loading(parse.GetValue(weights), parse.GetValue(config));
            using ModelTensors a = Open(parse.GetRequiredValue(first)), b = Open(parse.GetRequiredValue(second));
            int identical = 0, different = 0;
            JsonArray rows = [];
            foreach (TensorDifference difference in ModelDiff.Compare(a, b))
            {
                _ = difference.Identical ? identical++ : different++;
                if (difference.Identical && !parse.GetValue(all))
                    continue;
                if (report.IsJson)
                    rows.Add(Json(difference));
                else
                    report.Out.WriteLine(Line(difference));
            }
            report.Result($"{identical} tensors are identical, {different} differ.", ("identical", identical), ("different", different),
                ("tensors", rows));
            return different == 0 ? 0 : 1;

            ModelTensors Open(string path) => parse.GetValue(raw) ? ModelTensors.OfFile(path)
                : ModelTensors.Of(WeightsModel.Open(path, options));
        });
        return command;
    }

    static string Line(TensorDifference d)
    {
        string what = d switch
        {
            { Identical: true } => "identical",
            { Shapes.First: null } => $"only in B: {d.DTypes.Second!.Value.FileName()} {Text(d.Shapes.Second!)}",
            { Shapes.Second: null } => $"only in A: {d.DTypes.First!.Value.FileName()} {Text(d.Shapes.First)}",
            _ when !d.Shapes.First.SequenceEqual(d.Shapes.Second) => $"shape {Text(d.Shapes.First)} and {Text(d.Shapes.Second)}",
            { MaxAbs: null } => $"{Types(d)}, values differ",
            _ => string.Create(CultureInfo.InvariantCulture, $"{Types(d)}, max abs {d.MaxAbs:0.###e+00}"),
        };
        return $"  {Printable.Text(d.Name)}: {what}";
    }

    static string Types(TensorDifference d) => d.DTypes.First == d.DTypes.Second ? d.DTypes.First!.Value.FileName()
        : $"{d.DTypes.First!.Value.FileName()} and {d.DTypes.Second!.Value.FileName()}";

    static string Text(IReadOnlyList<long> shape) => $"[{string.Join(", ", shape)}]";

    static JsonNode Json(TensorDifference d) => new JsonObject
    {
        ["name"] = d.Name,
        ["identical"] = d.Identical,
        ["dtypes"] = new JsonArray(d.DTypes.First?.FileName(), d.DTypes.Second?.FileName()),
        ["shapes"] = new JsonArray(JsonNames.Of(d.Shapes.First), JsonNames.Of(d.Shapes.Second)),
        ["maxAbs"] = d.MaxAbs is { } m && double.IsFinite(m) ? m : null,
    };
}
