using AlignT2I.Files;
using AlignT2I.Files.Tests;
using AlignT2I.Models.Clip;
using AlignT2I.Testing;
using AlignT2I.WeightsConverter.Loading;
using AlignT2I.WeightsConverter.Sources;
using AlignT2I.WeightsConverter.Writing;

namespace AlignT2I.WeightsConverter.Tests;

/// <summary>
/// CLIP between OpenAI's archives and transformers' folder: fused projections taken apart and put together, bit for bit.
/// </summary>
internal sealed class ClipConversionTests
{
    TempFolder folder = null!;

    [SetUp]
    public void Make() => folder = new TempFolder();

    [TearDown]
    public void Remove() => folder.Dispose();

    [TestCase("openai-clip-jit-fp32.pt")]
    [TestCase("openai-clip-jit-mixed-fp16.pt")]
    [TestCase("openai-clip-statedict.pt")]
    public void An_archive_comes_back_from_the_folder_as_it_was(string source)
    {
        Checkpoints.Convert(Checkpoints.File(source), folder["clip"]);
        Checkpoints.Convert(folder["clip"], folder["back.safetensors"]);
        Dictionary<string, string> before = Archive(Checkpoints.File(source)), after = Checkpoints.Content(folder["back.safetensors"]);
        Assert.That(after, Is.EquivalentTo(before));
    }

    [Test]
    public void The_three_archives_are_one_model()
    {
        using WeightsModel script = WeightsModel.Open(Checkpoints.File("openai-clip-jit-fp32.pt"));
        using WeightsModel dictionary = WeightsModel.Open(Checkpoints.File("openai-clip-statedict.pt"));
        using WeightsModel mixed = WeightsModel.Open(Checkpoints.File("openai-clip-jit-mixed-fp16.pt"));
        Assert.That(Checkpoints.Content(dictionary), Is.EquivalentTo(Checkpoints.Content(script)));
        Checkpoints.Convert(script.Path, folder["a"], options: new ConversionOptions { DType = SafetensorsDType.Float16 });
        Checkpoints.Convert(mixed.Path, folder["b"], options: new ConversionOptions { DType = SafetensorsDType.Float16 });
        Assert.That(Checkpoints.Content(Path.Combine(folder["b"], "model.safetensors")),
            Is.EquivalentTo(Checkpoints.Content(Path.Combine(folder["a"], "model.safetensors"))));
    }

    [Test]
    public void The_configuration_is_read_from_the_shapes()
    {
        Checkpoints.Convert(Checkpoints.File("openai-clip-jit-fp32.pt"), folder["clip"]);
        ClipConfig config = ClipConfig.Read(Path.Combine(folder["clip"], "config.json"));
        Assert.That((config.ProjectionDim, config.TextConfig.HiddenSize, config.TextConfig.NumHiddenLayers,
            config.TextConfig.NumAttentionHeads,
            config.TextConfig.VocabSize, config.TextConfig.EosTokenId), Is.EqualTo((32, 64, 2, 1, 512, 511)));
        Assert.That((config.VisionConfig.HiddenSize, config.VisionConfig.PatchSize, config.VisionConfig.ImageSize,
            config.VisionConfig.IntermediateSize),
            Is.EqualTo((64, 16, 32, 256)));
        Assert.That(File.ReadAllText(Path.Combine(folder["clip"], "preprocessor_config.json")), Does.Match("\"shortest_edge\": 32"));
    }

    [Test]
    public void A_tokenizer_goes_along()
    {
        string tokenizer = Path.Combine(Golden.Root, "models", "miniature", "tokenizer");
        using (WeightsModel model = WeightsModel.Open(Checkpoints.File("openai-clip-jit-fp32.pt")))
        {
            ((ClipWeights)model).TokenizerFolder = tokenizer;
            Converter.Write(model, folder["clip"], new ConversionOptions());
        }
        Assert.That(ClipTokenizer.Load(folder["clip"]).Encode("two red stars")[1..4],
            Is.EqualTo(ClipTokenizer.Load(tokenizer).Encode("two red stars")[1..4]));
    }

    static Dictionary<string, string> Archive(string path)
    {
        using WeightsFile file = WeightsFile.Open(path);
        return file.Tensors.Where(t => t.Name is not ("context_length" or "vocab_size" or "input_resolution"))
            .ToDictionary(t => t.Name, t =>
        {
            byte[] bytes = new byte[t.ByteCount];
            file.Read(t, bytes);
            return $"{t.DType} [{string.Join(", ", t.Shape)}] {Convert.ToHexString(bytes)}";
        });
    }
}
