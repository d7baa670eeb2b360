using System.CommandLine;
using System.Globalization;
using AlignT2I.CommandLine;
using AlignT2I.Files;
using AlignT2I.WeightsConverter.Loading;
using AlignT2I.WeightsConverter.Lora;
using AlignT2I.WeightsConverter.Writing;

namespace AlignT2I.WeightsConverter.Commands;

/// <summary><c>weights-converter merge-lora</c>: a model with low-rank adaptations added to its weights.</summary>
internal static class MergeLoraCommand
{
    static readonly Argument<string> input = new("MODEL") { Description = "Stable Diffusion v1: a diffusers folder or an LDM file" };
    static readonly Argument<string> output = new("OUT")
    {
        Description = "a diffusers folder, or a file that ends in .safetensors for LDM's names",
    };

    static readonly Option<string[]> loras = new("--lora")
    {
        Description = "a LoRA file, kohya's or of diffusers; may be given several times",
        Required = true,
    };

    static readonly Option<double[]> scales = new("--scale")
    {
        Description = "strength of the LoRA, 1 as it was trained; one for all, or one after each --lora [default: 1]",
    };

    static readonly Option<string?> dtype = ModelOptions.DType();
    static readonly Option<string?> weights = ModelOptions.Weights();
    static readonly Option<DirectoryInfo?> config = ModelOptions.Config();
    static readonly Option<DirectoryInfo?> tokenizer = ModelOptions.Tokenizer();
    static readonly Option<bool> force = ModelOptions.Force();
    static readonly Option<bool> json = CommandOptions.Json();

    public static Command Create()
    {
        var command = new Command("merge-lora", CommandOptions.WithExample(
            "Add low-rank adaptations to the weights of UNet and text encoder, computed in float64 and rounded once.",
            "weights-converter merge-lora sd15 sd15-papercut --lora papercut.safetensors --scale 0.7"))
            { input, output, loras, scales, dtype, weights, config, tokenizer, force, json };
        command.SetAction(parse =>
        {
            var report = new Report(parse.GetValue(json));
            string target = parse.GetRequiredValue(output);
            using WeightsModel model = WeightsModel.Open(
                parse.GetRequiredValue(input), ModelOptions.Loading(parse.GetValue(weights), parse.GetValue(config)));
            string? note = ModelOptions.SetTokenizer(model, parse.GetValue(tokenizer));
            List<string> notes = !Converter.IsSingleFile(target) && note is not null ? [note] : [];
            List<LoraWeights> open = [];
            try
            {
                foreach ((string path, double scale) in Pairs(parse.GetRequiredValue(loras), parse.GetValue(scales) ?? []))
                {
                    LoraWeights lora = WeightsModel.Open(path) is var opened && opened is LoraWeights found ? found
                        : throw new UsageException($"{path}: it is '{opened.Kind.Text()}' and no LoRA.");
                    open.Add(lora);
                    int merged = LoraMerge.Apply(model, lora, scale);
                    notes.Add(string.Create(CultureInfo.InvariantCulture, $"{path} changes {merged} weights, scale {scale}"));
                }
                ConversionRun.Plan(report, "merge-lora", model, target, parse.GetValue(dtype), notes);
                ConversionOptions options = ModelOptions.Conversion(parse.GetValue(dtype), parse.GetValue(force));
                return ConversionRun.Write(report, target, options, o => Converter.Write(model, target, o));
            }
            finally
            {
                open.ForEach(l => l.Dispose());
            }
        });
        return command;
    }

    static IEnumerable<(string Path, double Scale)> Pairs(string[] paths, double[] scales)
    {
        if (scales.FirstOrDefault(s => !double.IsFinite(s)) is var bad && !double.IsFinite(bad))
            throw new UsageException($"--scale is {bad}; expected a finite number.");
        if (scales.Length > 1 && scales.Length != paths.Length)
            throw new UsageException($"{paths.Length} LoRAs have {scales.Length} scales; give one --scale for all, or one for each "
                + "--lora.");
        return paths.Select((path, i) => (path, scales.Length switch { 0 => 1, 1 => scales[0], _ => scales[i] }));
    }
}
