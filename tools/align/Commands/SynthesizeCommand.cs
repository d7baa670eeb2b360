using System.CommandLine;
using System.Diagnostics;
using AlignT2I.CommandLine;
using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Models.Clip;
using AlignT2I.Models.Parity;
using AlignT2I.Models.Pipelines;

namespace AlignT2I.Align.Commands;

/// <summary><c>align synthesize</c>: a model of Stable Diffusion v1.5's sizes whose weights are made up.</summary>
internal static class SynthesizeCommand
{
    static readonly Option<DirectoryInfo> output = new("--output", "-o") { Description = "the folder to write; it must not exist", Required = true };

    static readonly Option<DirectoryInfo> tokenizer = new("--tokenizer")
    {
        Description = "folder with CLIP's vocab.json and merges.txt, as clip-vit-large-patch14",
        Required = true,
    };

    static readonly Option<string> dtype = new("--dtype")
    {
        Description = "type of the weights in the files: float32, bfloat16 or float16",
        DefaultValueFactory = _ => "float16",
    };

    static readonly Option<ulong> seed = CommandOptions.Seed("decides the weights");
    static readonly Option<bool> json = CommandOptions.Json();

    public static Command Create()
    {
        dtype.AcceptOnlyFromAmong("float32", "bfloat16", "float16");
        var command = new Command("synthesize", CommandOptions.WithExample(
            "Write a diffusers folder of Stable Diffusion v1.5's sizes with made-up weights: it draws noise, with the time and memory of the real "
            + "model. The weights are those of the recorded cases that 'align parity' takes: a function of name and seed.",
            "align synthesize --output synthetic-sd15 --tokenizer clip-vit-large-patch14"))
            { output, tokenizer, dtype, seed, json };
        command.SetAction(parse => Start(
            parse.GetRequiredValue(output).ToString(), parse.GetRequiredValue(tokenizer).ToString(),
            DTypes.Named(parse.GetRequiredValue(dtype))!.Value, parse.GetRequiredValue(seed), new Report(parse.GetValue(json))));
        return command;
    }

    static int Start(string folder, string tokenizerFolder, DType type, ulong weightsSeed, Report report)
    {
        if (Path.Exists(folder))
            throw new UsageException($"{folder}: it is there already; name a new folder.");
        var watch = Stopwatch.StartNew();
        var source = new SyntheticParameters(new SyntheticWeights(SyntheticVariant.V1, weightsSeed));
        using var model = new StableDiffusionModel(
            ClipTokenizer.Load(tokenizerFolder), new(), (new(), source), (new(), source), (new(), source));
        long parameters = new[] { model.TextEncoderParameters, model.UNetParameters, model.VaeParameters }
            .Sum(store => store.Parameters.Sum(p => (long)p.Value.Count));
        using (AtomicFolder written = AtomicFolder.Create(folder))
        {
            model.Save(written.TemporaryPath, type);
            written.Commit();
        }
        report.Result(
            FormattableString.Invariant($"A model of {parameters / 1e6:0} million made-up parameters is in {folder} ({watch.Elapsed.TotalSeconds:0.0} s)."),
            ("folder", folder), ("parameters", parameters), ("elapsedSeconds", watch.Elapsed.TotalSeconds));
        return 0;
    }
}
