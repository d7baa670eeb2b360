using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Models.Reward;
using AlignT2I.Testing;

namespace AlignT2I.Models.Tests.Reward;

/// <summary>The reward model against recordings, and its edges.</summary>
internal sealed class RewardModelTests
{
    [TestCase("reward/tiny")]
    [TestCase("reward/full-768")]
    public void Losses_gradients_and_training_match_the_recording(string name) => Golden.Check(name);

    [Test]
    public void Without_hidden_layers_it_is_logistic_regression()
    {
        using MemoryScope scope = MemoryScope.Open();
        using ParameterStore store = new(new RandomParameters(1));
        var model = new RewardModel(store.Root, new RewardModelConfig { ImageEmbedDim = 1, TextEmbedDim = 2, HiddenSizes = [] });
        Assert.That(store.Parameters.Select(p => p.Name), Is.EqualTo(new[] { "mlp.0.weight", "mlp.0.bias" }));
        float[] w = store["mlp.0.weight"].Value.ToArray<float>();
        double logit = w[0] * 2 + w[1] * 3 + w[2] * 5 + store["mlp.0.bias"].Value.Item();
        double reward = model.Call(Tensor.From([2f], [1, 1]), Tensor.From([3f, 5f], [1, 2])).Item();
        Assert.That(reward, Is.EqualTo(1 / (1 + Math.Exp(-logit))).Within(1e-6));
    }

    [Test]
    public void Embeddings_of_another_clip_are_refused()
    {
        using MemoryScope scope = MemoryScope.Open();
        using ParameterStore store = new(new RandomParameters(1));
        var model = new RewardModel(store.Root, new RewardModelConfig { ImageEmbedDim = 4, TextEmbedDim = 4, HiddenSizes = [3] });
        Tensor four = Tensor.Zeros([2, 4], DType.F32, Backend.Cpu), five = Tensor.Zeros([2, 5], DType.F32, Backend.Cpu);
        Assert.That(() => model.Call(four, five), Throws.TypeOf<ShapeException>().With.Message.Contains("[2, 5]"));
    }

    [Test]
    public void The_clip_score_is_one_more_input()
    {
        using MemoryScope scope = MemoryScope.Open();
        using ParameterStore store = new(new RandomParameters(1));
        var config = new RewardModelConfig { ImageEmbedDim = 2, TextEmbedDim = 2, HiddenSizes = [], ClipScoreInput = true };
        var model = new RewardModel(store.Root, config);
        float[] w = store["mlp.0.weight"].Value.ToArray<float>();
        double score = 0.6 * 0.8 + 0.8 * 0.6;
        double logit = w[0] * 0.6 + w[1] * 0.8 + w[2] * 0.8 + w[3] * 0.6 + w[4] * 8 * score + store["mlp.0.bias"].Value.Item();
        double reward = model.Call(Tensor.From([0.6f, 0.8f], [1, 2]), Tensor.From([0.8f, 0.6f], [1, 2])).Item();
        Assert.That(reward, Is.EqualTo(1 / (1 + Math.Exp(-logit))).Within(1e-6));
    }

    [TestCase("""{"hidden_sizes": [1024, 0]}""", "hidden_sizes")]
    [TestCase("""{"image_embed_dim": 4, "text_embed_dim": 5, "clip_score_input": true}""", "clip_score_input")]
    [TestCase("""{"activation": "gelu"}""", "activation")]
    [TestCase("""{"_class_name": "AestheticPredictor"}""", "_class_name")]
    public void Configurations_that_do_not_fit_are_refused(string json, string key)
        => Assert.That(() => RewardModelConfig.Parse(json, "config.json"),
            Throws.TypeOf<FileFormatException>().With.Message.Contains(key));
}
