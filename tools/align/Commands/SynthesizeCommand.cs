using System.CommandLine;
using System.Diagnostics;
using AlignT2I.CommandLine;
using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Models.Clip;
using AlignT2I.Models.Inception;
using AlignT2I.Models.Parity;
using AlignT2I.Models.Pipelines;
using AlignT2I.Models.StableDiffusion;

namespace AlignT2I.Align.Commands;

/// <summary><c>align synthesize</c>: the networks of the experiment at their real sizes, with made-up weights.</summary>
internal static class SynthesizeCommand
{
    const string StableDiffusion = "stable-diffusion-v1-5", Clip = "clip-vit-large-patch14", Inception = "inception";

    static readonly Option<FileSystemInfo> output = new("--output", "-o")
    {
        Description = $"the folder to write, for {Inception} the .safetensors; it must not exist",
        Required = true,
    };

    static readonly Argument<string> network = new("network")
    {
        Description = $"{StableDiffusion}, {Clip} (both towers) or {Inception} (the FID's)",
        DefaultValueFactory = _ => StableDiffusion,
    };

    static readonly Option<DirectoryInfo?> tokenizer = new("--tokenizer")
    {
        Description = $"folder with CLIP's vocab.json and merges.txt; {Inception} needs none",
    };

    static readonly Option<int> sampleSize = new("--sample-size")
    {
        Description = "height and width of Stable Diffusion's latents: 64 are its 512 x 512 pixels, "
            + "32 a quarter of the work with the same weights",
        DefaultValueFactory = _ => new UNet2DConditionConfig().SampleSize,
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
        network.AcceptOnlyFromAmong(StableDiffusion, Clip, Inception);
        dtype.AcceptOnlyFromAmong("float32", "bfloat16", "float16");
        var command = new Command("synthesize", CommandOptions.WithExample(
            "Write a network of its real size with made-up weights: it draws or sees noise, with the time and memory of the real one. "
            + "The weights are those of the recorded cases that 'align parity' takes: a function of name and seed.",
            "align synthesize --output synthetic-sd15 --tokenizer clip-vit-large-patch14"))
            { network, output, tokenizer, sampleSize, dtype, seed, json };
        command.SetAction(Start);
        return command;
    }

    static int Start(ParseResult parse)
    {
        string path = parse.GetRequiredValue(output).ToString();
        if (Path.Exists(path))
            throw new UsageException($"{path}: it is there already; name a new folder or file.");
        var watch = Stopwatch.StartNew();
        string name = parse.GetRequiredValue(network);
        DType type = DTypes.Named(parse.GetRequiredValue(dtype))!.Value;
        ulong weightsSeed = parse.GetRequiredValue(seed);
        long parameters = name switch
        {
            Clip => WriteClip(path, Tokenizer(parse), type, weightsSeed),
            Inception => WriteInception(path, type, weightsSeed),
            _ => WriteStableDiffusion(path, Tokenizer(parse), parse.GetRequiredValue(sampleSize), type, weightsSeed),
        };
        new Report(parse.GetValue(json)).Result(
            FormattableString.Invariant($"{name} of {parameters / 1e6:0} million made-up parameters is in {path} ")
                + FormattableString.Invariant($"({watch.Elapsed.TotalSeconds:0.0} s)."),
            ("path", path), ("parameters", parameters), ("elapsedSeconds", watch.Elapsed.TotalSeconds));
        return 0;
    }

    static string Tokenizer(ParseResult parse) => parse.GetValue(tokenizer)?.ToString()
        ?? throw new UsageException("synthesize: the model needs CLIP's vocab.json and merges.txt; name their folder with --tokenizer.");

    static long WriteStableDiffusion(string folder, string tokenizerFolder, int latents, DType type, ulong weightsSeed)
    {
        var source = new SyntheticParameters(new SyntheticWeights(SyntheticVariant.V1, weightsSeed));
        var unet = new UNet2DConditionConfig { SampleSize = latents };
        using var model = new StableDiffusionModel(
            ClipTokenizer.Load(tokenizerFolder), new(), (new(), source), (unet, source), (new(), source));
        using AtomicFolder written = AtomicFolder.Create(folder);
        model.Save(written.TemporaryPath, type);
        written.Commit();
        return Count(model.TextEncoderParameters, model.UNetParameters, model.VaeParameters);
    }

    static long WriteClip(string folder, string tokenizerFolder, DType type, ulong weightsSeed)
    {
        var config = new ClipConfig();
        using var store = new ParameterStore(new SyntheticParameters(new SyntheticWeights(SyntheticVariant.V1, weightsSeed)));
        _ = new ClipModel(store.Root, config);
        ClipTokenizer vocabulary = ClipTokenizer.Load(tokenizerFolder, config.TextConfig.MaxPositionEmbeddings);
        using AtomicFolder written = AtomicFolder.Create(folder);
        config.Write(Path.Combine(written.TemporaryPath, "config.json"));
        new ClipImageProcessorConfig().Write(Path.Combine(written.TemporaryPath, "preprocessor_config.json"));
        vocabulary.Save(written.TemporaryPath);
        ParameterFile.Save(Path.Combine(written.TemporaryPath, "model.safetensors"), store.Parameters, type);
        written.Commit();
        return Count(store);
    }

    static long WriteInception(string file, DType type, ulong weightsSeed)
    {
        using var store = new ParameterStore(new SyntheticParameters(new SyntheticWeights(SyntheticVariant.V1He, weightsSeed)));
        _ = new InceptionV3(store.Root);
        ParameterFile.Save(file, store.Parameters, type);
        return Count(store);
    }

    static long Count(params ParameterStore[] stores) => stores.Sum(s => s.Parameters.Sum(p => (long)p.Value.Count));
}
