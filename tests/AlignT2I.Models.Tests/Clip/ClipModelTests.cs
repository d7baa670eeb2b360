using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Models.Clip;
using AlignT2I.Testing;

namespace AlignT2I.Models.Tests.Clip;

/// <summary>CLIP's towers against recordings, and the two together.</summary>
internal sealed class ClipModelTests
{
    static readonly ClipConfig tiny = new()
    {
        ProjectionDim = 8,
        TextConfig = new()
        {
            VocabSize = 40,
            HiddenSize = 12,
            IntermediateSize = 20,
            NumHiddenLayers = 1,
            NumAttentionHeads = 3,
            MaxPositionEmbeddings = 7,
            EosTokenId = 39
        },
        VisionConfig = new()
        {
            HiddenSize = 10,
            IntermediateSize = 14,
            NumHiddenLayers = 1,
            NumAttentionHeads = 2,
            ImageSize = 6,
            PatchSize = 3,
            HiddenAct = "gelu"
        },
    };

    [TestCase("clip-text/tiny-a")]
    [TestCase("clip-text/tiny-b")]
    [TestCase("clip-vision/tiny-a")]
    [TestCase("clip-vision/tiny-b")]
    [TestCase("clip-vision/eps-probe")]
    public void Tower_matches_the_recording(string name) => Golden.Check(name);

    [Test]
    public void Logits_are_scaled_cosines()
    {
        using MemoryScope scope = MemoryScope.Open();
        using ParameterStore store = new(new RandomParameters(3));
        var model = new ClipModel(store.Root, tiny);
        Tensor images = Images(2), ids = Ids(3, length: 7);
        float[] logits = model.Call(images, ids).ToArray<float>();
        float[] image = F.L2Normalize(model.ImageEmbeds(images)).ToArray<float>(),
            text = F.L2Normalize(model.TextEmbeds(ids)).ToArray<float>();
        Assert.That(logits, Has.Length.EqualTo(6));
        for (int n = 0; n < 2; n++)
            for (int m = 0; m < 3; m++)
            {
                double cosine = Enumerable.Range(0, 8).Sum(i => (double)image[n * 8 + i] * text[m * 8 + i]);
                Assert.That(logits[n * 3 + m], Is.EqualTo(Math.Exp(2.6592) * cosine).Within(1e-4));
            }
    }

    [Test]
    public void Every_parameter_gets_a_gradient()
    {
        using MemoryScope scope = MemoryScope.Open();
        using ParameterStore store = new(new RandomParameters(3));
        var model = new ClipModel(store.Root, tiny);
        store.RequireGrad();
        using Tape tape = Tape.Open();
        tape.Backward(F.CrossEntropy(model.Call(Images(3), Ids(3, length: 7)), Tensor.From([0, 1, 2], [3])));
        Assert.That(store.Parameters.Where(p => p.Value.Grad is null).Select(p => p.Name), Is.Empty);
        Assert.That(store["logit_scale"].Value.Grad!.Item(), Is.Not.Zero);
    }

    [Test]
    public void Prompts_may_be_shorter_than_the_positions()
    {
        using MemoryScope scope = MemoryScope.Open();
        using ParameterStore store = new(new RandomParameters(3));
        var model = new ClipModel(store.Root, tiny);
        // Attention is causal and a prompt is read at its first end: the padding behind does not matter.
        Tensor full = model.TextEmbeds(Tensor.From([5, 9, 39, 39, 39, 39, 39], [1, 7])),
            cut = model.TextEmbeds(Tensor.From([5, 9, 39], [1, 3]));
        TensorAssert.Close(cut, full, 1e-6, "the embedding");
    }

    [Test]
    public void Inputs_that_do_not_fit_are_refused()
    {
        using MemoryScope scope = MemoryScope.Open();
        using ParameterStore store = new(new RandomParameters(3));
        var model = new ClipModel(store.Root, tiny);
        Assert.That(() => model.TextEmbeds(Ids(2, length: 8)), Throws.TypeOf<ShapeException>().With.Message.Contains("[2, 8]"));
        Assert.That(
            () => model.TextEmbeds(Tensor.From([1, 2], [1, 2])),
            Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("id 39"));
        Assert.That(() => model.ImageEmbeds(Tensor.Zeros([1, 5, 6, 3], DType.F32, Backend.Cpu)), Throws.TypeOf<ShapeException>());
    }

    [TestCase("""{"hidden_size": 10, "num_attention_heads": 3}""", "num_attention_heads")]
    [TestCase("""{"hidden_act": "relu"}""", "hidden_act")]
    [TestCase("""{"eos_token_id": 49408}""", "eos_token_id")]
    [TestCase("""{"vocab_size": "many"}""", "vocab_size")]
    public void Text_configurations_that_do_not_fit_are_refused(string json, string key)
        => Assert.That(() => ClipTextConfig.Parse(json, "config.json"), Throws.TypeOf<FileFormatException>().With.Message.Contains(key));

    [Test]
    public void Image_configurations_that_do_not_fit_are_refused()
        => Assert.That(() => ClipVisionConfig.Parse("""{"image_size": 225}""", "config.json"),
            Throws.TypeOf<FileFormatException>().With.Message.Contains("multiple of patch_size = 14"));

    static Tensor Images(int n)
    {
        float[] values = new float[n * 6 * 6 * 3];
        new Philox(5).Normal(values);
        return Tensor.From(values, [n, 6, 6, 3]);
    }

    static Tensor Ids(int n, int length)
    {
        int[] ids = new int[n * length];
        new Philox(6).Integers(ids, 0, 39);
        for (int i = 0; i < n; i++)
            ids[(i + 1) * length - 1] = 39;
        return Tensor.From(ids, [n, length]);
    }
}
