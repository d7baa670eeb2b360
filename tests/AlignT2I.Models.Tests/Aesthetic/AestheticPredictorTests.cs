using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Models.Aesthetic;

namespace AlignT2I.Models.Tests.Aesthetic;

internal sealed class AestheticPredictorTests
{
    static readonly string[] version2 =
    [
        "layers.0.weight", "layers.0.bias", "layers.2.weight", "layers.2.bias", "layers.4.weight", "layers.4.bias",
        "layers.6.weight", "layers.6.bias", "layers.7.weight", "layers.7.bias",
    ];

    string folder = "";

    [SetUp]
    public void MakeFolder() => folder = Directory.CreateTempSubdirectory("aesthetic").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(folder, recursive: true);

    [Test]
    public void Parameters_are_named_as_in_the_checkpoints()
    {
        Assert.That(Names(new AestheticPredictorConfig()), Is.EqualTo(version2));
        Assert.That(Names(new AestheticPredictorConfig { HiddenSizes = [] }), Is.EqualTo(new[] { "weight", "bias" }));

        static IEnumerable<string> Names(AestheticPredictorConfig config)
        {
            using ParameterStore store = new(new RandomParameters(1));
            new AestheticPredictor(store.Root, config);
            return [.. store.Parameters.Select(p => p.Name)];
        }
    }

    [TestCase(new int[0])]
    [TestCase(new[] { 4, 3, 2 })]
    public void A_folder_gives_the_model_that_was_written(int[] hiddenSizes)
    {
        var config = new AestheticPredictorConfig { EmbedDim = 5, HiddenSizes = hiddenSizes };
        using MemoryScope scope = MemoryScope.Open();
        using ParameterStore store = new(new RandomParameters(7));
        var model = new AestheticPredictor(store.Root, config);
        config.Write(Path.Combine(folder, "config.json"));
        ParameterFile.Save(Path.Combine(folder, "model.safetensors"), store.Parameters);
        Tensor embeds = Tensor.From([1f, 2, 3, 4, 5, -1, 0, 1, 0, 2], [2, 5]);

        using AestheticScorer scorer = AestheticScorer.Load(folder);
        Assert.That(scorer.Model.Config.HiddenSizes, Is.EqualTo(hiddenSizes));
        float[] scores = scorer.Score(embeds);
        Assert.That(scores, Is.EqualTo(model.Call(embeds).ToArray<float>()));
        Assert.That(scorer.Score(F.Affine(embeds, 3)), Is.EqualTo(scores).Within(1e-6), "the length of an embedding does not matter");
        Assert.That(scores[0], Is.EqualTo(ByHand(store, embeds.ToArray<float>()[..5])).Within(1e-6));
        Assert.That(AestheticPredictorConfig.OfShapes(Shapes(store), "here").HiddenSizes, Is.EqualTo(hiddenSizes));
        Assert.That(AestheticPredictorConfig.OfShapes(Shapes(store), "here").EmbedDim, Is.EqualTo(5));
    }

    [Test]
    public void What_is_no_predictor_is_refused()
    {
        Assert.That(
            () => AestheticPredictorConfig.OfShapes(_ => null, "x.pth"),
            Throws.TypeOf<FileFormatException>().With.Message.Contains("x.pth"));
        File.WriteAllText(Path.Combine(folder, "config.json"), """{"_class_name": "RewardModel"}""");
        Assert.That(() => AestheticScorer.Load(folder), Throws.TypeOf<FileFormatException>().With.Message.Contains("RewardModel"));
        using MemoryScope scope = MemoryScope.Open();
        using ParameterStore store = new(new RandomParameters(7));
        var model = new AestheticPredictor(store.Root, new AestheticPredictorConfig());
        Tensor other = Tensor.Zeros([1, 512], DType.F32, Backend.Cpu);
        Assert.That(() => model.Call(other), Throws.TypeOf<ShapeException>().With.Message.Contains("512"));
    }

    static Func<string, Shape?> Shapes(ParameterStore store) =>
        name => store.Parameters.FirstOrDefault(p => p.Name == name) is { } found ? found.FileShape : (Shape?)null;

    /// <summary>The layers one after the other, in float64.</summary>
    static double ByHand(ParameterStore store, float[] embed)
    {
        double length = Math.Sqrt(embed.Sum(v => (double)v * v));
        double[] x = Array.ConvertAll(embed, v => v / length);
        for (int i = 0; i < store.Parameters.Count; i += 2)
        {
            float[] weight = store.Parameters[i].Value.ToArray<float>(), bias = store.Parameters[i + 1].Value.ToArray<float>();
            x = [.. bias.Select((b, o) => b + x.Select((v, k) => v * weight[o * x.Length + k]).Sum())];
        }
        return x.Single();
    }
}
