using AlignT2I.Engine;
using AlignT2I.Models.Parity;
using AlignT2I.Models.StableDiffusion;

namespace AlignT2I.Models.Tests.StableDiffusion;

internal sealed class AutoencoderKLTests
{
    static AutoencoderKLConfig Miniature => new()
    {
        BlockOutChannels = [32, 64, 64],
        DownBlockTypes = ["DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D"],
        UpBlockTypes = ["UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D"],
        LayersPerBlock = 1,
        NormNumGroups = 16,
        SampleSize = 64,
    };

    static ParameterStore Weights() => new(new SyntheticParameters(new SyntheticWeights(SyntheticVariant.V1, 3)));

    static Tensor Noise(Shape shape)
    {
        float[] values = new float[shape.Count];
        new Philox(5, 0).Normal(values);
        return Tensor.From(values, shape);
    }

    [Test]
    public void An_image_becomes_latents_a_quarter_of_the_size_and_an_image_again()
    {
        using MemoryScope scope = MemoryScope.Open();
        using ParameterStore store = Weights();
        var vae = new AutoencoderKL(store.Root, Miniature);
        DiagonalGaussian latents = vae.Encode(Noise([2, 16, 24, 3]));
        Assert.That(latents.Mean.Shape, Is.EqualTo(Shape.Create([2, 4, 6, 4])));
        Tensor scaled = F.Affine(latents.Mean, Miniature.ScalingFactor);
        Assert.Multiple(() =>
        {
            Assert.That(vae.DecodeLatents(scaled).Shape, Is.EqualTo(Shape.Create([2, 16, 24, 3])));
            Assert.That(vae.DecodeLatents(scaled).ToArray<float>(),
                Is.EqualTo(vae.Decoder.Call(latents.Mean).ToArray<float>()).Within(1e-4f));
        });
    }

    [Test]
    public void Half_a_model_asks_for_its_own_parameters_only()
    {
        using ParameterStore whole = Weights(), encoder = Weights(), decoder = Weights();
        _ = new AutoencoderKL(whole.Root, Miniature);
        _ = new AutoencoderKLEncoder(encoder.Root, Miniature);
        _ = new AutoencoderKLDecoder(decoder.Root, Miniature);
        Assert.Multiple(() =>
        {
            Assert.That(encoder.Parameters.Select(p => p.Name), Has.All.StartsWith("encoder.").Or.StartsWith("quant_conv."));
            Assert.That(decoder.Parameters.Select(p => p.Name), Has.All.StartsWith("decoder.").Or.StartsWith("post_quant_conv."));
            Assert.That(encoder.Count + decoder.Count, Is.EqualTo(whole.Count));
        });
    }

    [Test]
    public void Shapes_that_do_not_fit_are_refused()
    {
        using MemoryScope scope = MemoryScope.Open();
        using ParameterStore store = Weights();
        var vae = new AutoencoderKL(store.Root, Miniature);
        Assert.Multiple(() =>
        {
            Assert.That(() => vae.Encode(Noise([1, 18, 16, 3])), Throws.TypeOf<ShapeException>().With.Message.Contains("multiples of 4"));
            Assert.That(() => vae.Encode(Noise([1, 16, 16, 4])), Throws.TypeOf<ShapeException>().With.Message.Contains("[N, H, W, 3]"));
            Assert.That(() => vae.DecodeLatents(Noise([1, 4, 4, 8])),
                Throws.TypeOf<ShapeException>().With.Message.Contains("[N, h, w, 4]"));
            Assert.That(() => new DiagonalGaussian(Noise([1, 2, 2, 3])),
                Throws.TypeOf<ShapeException>().With.Message.Contains("[N, h, w, 2C]"));
        });
    }

    [Test]
    public void The_distribution_follows_its_formulas()
    {
        using MemoryScope scope = MemoryScope.Open();
        // mean 0.5 and -1, log-variance 2 ln 3 and -40, which is clamped to -30
        var latents = new DiagonalGaussian(Tensor.From([0.5, -1.0, 2 * Math.Log(3), -40], [1, 1, 1, 4]));
        double[] sample = latents.Sample(Tensor.From([2.0, 1.0], [1, 1, 1, 2])).ToArray<double>();
        double kl = (0.5 * (0.25 + 9 - 1 - 2 * Math.Log(3)) + 0.5 * (1 + Math.Exp(-30) - 1 + 30)) / 2;
        Assert.Multiple(() =>
        {
            Assert.That(latents.Std().ToArray<double>(), Is.EqualTo(new[] { 3, Math.Exp(-15) }).Within(1e-12));
            Assert.That(sample, Is.EqualTo(new[] { 6.5, -1 + Math.Exp(-15) }).Within(1e-12));
            Assert.That(latents.KlDivergence().Item(), Is.EqualTo(kl).Within(1e-12));
        });
    }
}
