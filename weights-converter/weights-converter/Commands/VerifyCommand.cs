using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using AlignT2I.CommandLine;
using AlignT2I.WeightsConverter.Loading;

namespace AlignT2I.WeightsConverter.Commands;

/// <summary><c>weights-converter verify</c>: whether a model has every tensor that it needs, and no other.</summary>
internal static class VerifyCommand
{
    static readonly Argument<string> source = new("PATH") { Description = "a model's file or folder" };
    static readonly Option<string?> weights = ModelOptions.Weights();
    static readonly Option<DirectoryInfo?> config = ModelOptions.Config();
    static readonly Option<bool> json = CommandOptions.Json();

    public static Command Create()
    {
        var command = new Command("verify", CommandOptions.WithExample(
            "Name every tensor that is missing, unexpected or misshapen, against the model that config.json or the kind of file asks "
                + "for; exit code 1 "
            + "where there is one.",
            "weights-converter verify sd15"))
            { source, weights, config, json };
        command.SetAction(parse =>
        {
            var report = new Report(parse.GetValue(json));
            using WeightsModel model = WeightsModel.Open(
                parse.GetRequiredValue(source), ModelOptions.Loading(parse.GetValue(weights), parse.GetValue(config)));
            model.RequireKnown();
            foreach (TensorProblem problem in model.Problems)
                report.Out.WriteLine($"{problem.Component}: {problem}");
            int tensors = model.Components.Sum(c => c.Tensors.Count);
            long parameters = model.Components.Sum(c => c.Tensors.Sum(t => t.ElementCount));
            report.Result(Sentence(model, tensors, parameters),
                ("path", model.Path), ("kind", JsonNames.Of(model.Kind)), ("tensors", tensors), ("parameters", parameters),
                ("problems", new JsonArray([.. model.Problems.Select(Json)])));
            return model.Problems.Count == 0 ? 0 : 1;
        });
        return command;
    }

    static string Sentence(WeightsModel model, int tensors, long parameters)
    {
        string what = string.Create(CultureInfo.InvariantCulture,
            $"{model.Path} ({model.Kind.Text()}): {tensors:N0} tensors, {parameters:N0} parameters, ");
        return what + (model.Problems.Count == 0 ? "all as the model needs them."
            : string.Join(", ", model.Problems.GroupBy(p => p.Kind).Select(g => $"{g.Count()} {JsonNames.Of(g.Key)}")) + ".");
    }

    static JsonNode Json(TensorProblem problem) => new JsonObject
    {
        ["kind"] = JsonNames.Of(problem.Kind),
        ["component"] = problem.Component,
        ["name"] = problem.Name,
        ["expected"] = JsonNames.Of(problem.Expected),
        ["found"] = JsonNames.Of(problem.Found),
    };
}
