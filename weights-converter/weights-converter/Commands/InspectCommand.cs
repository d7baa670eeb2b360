using System.CommandLine;
using System.Text.Json.Nodes;
using AlignT2I.CommandLine;
using AlignT2I.WeightsConverter.Sources;

namespace AlignT2I.WeightsConverter.Commands;

/// <summary><c>weights-converter inspect</c>: what is in a file of weights, or in all files of a folder.</summary>
internal static class InspectCommand
{
    static readonly Argument<string> source = new("FILE|FOLDER")
    {
        Description = "a file of weights, or a folder with files of weights in it",
    };

    static readonly Option<string?> filter = new("--filter")
    {
        Description = "only tensors whose name contains this text; totals stay those of the whole file",
    };

    static readonly Option<bool> all = new("--all")
    {
        Description = "also list the training state: optimizer moments and whatever else lies beside the weights",
    };

    static readonly Option<bool> json = CommandOptions.Json();

    public static Command Create()
    {
        var command = new Command("inspect", CommandOptions.WithExample(
            "Print a table of the tensors of a file: safetensors, PyTorch (.ckpt, .pt, .pth, .bin; zip or legacy), TorchScript.",
            "weights-converter inspect v1-5-pruned-emaonly.ckpt --filter attn2"))
            { source, filter, all, json };
        command.SetAction(parse =>
        {
            var report = new Report(parse.GetValue(json));
            var files = new JsonArray();
            foreach (string path in WeightsFolder.Files(parse.GetRequiredValue(source)))
            {
                using WeightsFile file = WeightsFile.Open(path);
                var summary = new WeightsSummary(file, parse.GetValue(filter) ?? "", parse.GetValue(all));
                if (report.IsJson)
                    files.Add((JsonNode)summary.Json());
                else
                    summary.Print(report.Out);
            }
            if (report.IsJson)
                report.Result("", ("files", files));
            return 0;
        });
        return command;
    }
}
