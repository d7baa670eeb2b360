using System.CommandLine;
using AlignT2I.CommandLine;
using AlignT2I.WeightsConverter.Loading;
using AlignT2I.WeightsConverter.Writing;

namespace AlignT2I.WeightsConverter.Commands;

/// <summary><c>weights-converter convert</c>: a model from any format to a folder, or to the single file of other programs.</summary>
internal static class ConvertCommand
{
    static readonly Argument<string> input = new("IN")
    {
        Description = "a diffusers folder, an LDM file (.safetensors, .ckpt), OpenAI's or transformers' CLIP, the FID Inception, an "
            + "aesthetic predictor, a LoRA",
    };

    static readonly Argument<string> output = new("OUT")
    {
        Description = "a folder (of diffusers or transformers), or a file that ends in .safetensors (LDM's names, OpenAI's names, a "
            + "LoRA's other names)",
    };

    static readonly Option<string?> dtype = ModelOptions.DType();
    static readonly Option<string?> weights = ModelOptions.Weights();
    static readonly Option<DirectoryInfo?> config = ModelOptions.Config();
    static readonly Option<DirectoryInfo?> tokenizer = ModelOptions.Tokenizer();
    static readonly Option<bool> force = ModelOptions.Force();
    static readonly Option<bool> json = CommandOptions.Json();

    public static Command Create()
    {
        var command = new Command("convert", CommandOptions.WithExample(
            "Convert a model; every value stays bit for bit unless --dtype says otherwise. What is written appears under its name only "
                + "when it is whole.",
            """
            weights-converter convert v1-5-pruned-emaonly.safetensors sd15 --tokenizer clip-vit-large-patch14
              weights-converter convert v1-5-pruned.ckpt sd15 --weights live --dtype float16
              weights-converter convert sd15 sd15.safetensors          (back to one file, for A1111 and ComfyUI)
              weights-converter convert ViT-L-14.pt clip-vit-large-patch14
              weights-converter convert pt_inception-2015-12-05-6726825d.pth fid-inception.safetensors
              weights-converter convert sac+logos+ava1-l14-linearMSE.pth aesthetic
              weights-converter convert kohya-lora.safetensors diffusers-lora.safetensors
            """))
            { input, output, dtype, weights, config, tokenizer, force, json };
        command.SetAction(parse =>
        {
            var report = new Report(parse.GetValue(json));
            string source = parse.GetRequiredValue(input), target = parse.GetRequiredValue(output);
            ConversionOptions options = ModelOptions.Conversion(parse.GetValue(dtype), parse.GetValue(force));
            using WeightsModel model = WeightsModel.Open(source, ModelOptions.Loading(parse.GetValue(weights), parse.GetValue(config)));
            string? note = ModelOptions.SetTokenizer(model, parse.GetValue(tokenizer));
            bool folder = !Converter.IsSingleFile(target);
            ConversionRun.Plan(report, "convert", model, target, parse.GetValue(dtype), folder && note is not null ? [note] : []);
            return ConversionRun.Write(report, target, options, o => Converter.Write(model, target, o));
        });
        return command;
    }
}
