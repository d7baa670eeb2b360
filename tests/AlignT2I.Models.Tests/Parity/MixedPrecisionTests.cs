using System.Globalization;
using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Models.Clip;
using AlignT2I.Models.Parity;
using AlignT2I.Models.StableDiffusion;
using AlignT2I.Testing;

namespace AlignT2I.Models.Tests.Parity;

/// <summary>Networks in bfloat16 and float16: as far from the recordings as rounding explains, and no farther.</summary>
internal sealed class MixedPrecisionTests
{
    static string[] Networks =>
    [
        "unet/tiny-a", "unet/tiny-b", "unet/tiny-c", "unet/tiny-d", "vae/tiny-a-encoder", "vae/tiny-b-encoder", "vae/tiny-a-decoder",
        "vae/tiny-b-decoder", "clip-text/tiny-a", "clip-text/tiny-b", "clip-vision/tiny-a", "clip-vision/tiny-b",
    ];

    static string[] Full =>
    [
        "unet/full-forward-64", "unet/full-backward-32", "vae/full-encoder", "vae/full-decoder", "clip-text/full-vitl14",
        "clip-vision/full-vitl14", "inception/fid-inception",
    ];

    [Test]
    public void Outputs_and_gradients_are_within_the_limits(
        [ValueSource(nameof(Networks))] string name, [Values(DType.BF16, DType.F16)] DType dtype) => Golden.Check(name, dtype);

    /// <summary>The probes' gradients are as small as 1e-13: below float16's range without loss scaling.</summary>
    [TestCase("unet/eps-probe", DType.BF16)]
    [TestCase("vae/eps-probe-encoder", DType.BF16)]
    [TestCase("vae/eps-probe-decoder", DType.BF16)]
    [TestCase("clip-vision/eps-probe", DType.BF16)]
    [TestCase("pipeline/ddim-10", DType.BF16)]
    [TestCase("pipeline/ddim-10", DType.F16)]
    [TestCase("pipeline/plms-10", DType.BF16)]
    [TestCase("pipeline/plms-10", DType.F16)]
    public void So_are_the_probes_and_the_pipeline(string name, DType dtype) => Golden.Check(name, dtype);

    [Test]
    public void What_is_not_a_network_is_refused() => Assert.That(
        () => ParityComponents.Run(Golden.Path("finetune/tiny-a"), Backend.Cpu, DType.BF16),
        Throws.TypeOf<UsageException>().With.Message.Contains("'finetune' is not computed in 16 bits"));

    [Test, Category("Slow")]
    public void So_are_the_full_models([ValueSource(nameof(Full))] string name, [Values(DType.BF16, DType.F16)] DType dtype) =>
        Golden.Check(name, dtype);

    /// <summary>
    /// Rounding the weights alone, in a float32 network, shows what one independent rounding per product does to the output.
    /// Mixed precision rounds each product's weight and each operation's result: so many times as many, whose errors add in squares.
    /// </summary>
    [Test]
    public void The_error_is_that_of_independent_roundings(
        [ValueSource(nameof(Networks))] string name, [Values(DType.BF16, DType.F16)] DType dtype)
    {
        using MemoryScope scope = MemoryScope.Open();
        using ParityCase recorded = ParityCase.Read(Golden.Path(name));
        var weights = new SyntheticParameters(recorded.Weights!);
        double[] exact = Output(recorded, DType.F32, weights, out _);
        double weightsAlone = Error(Output(recorded, DType.F32, new RoundedParameters(weights, dtype), out _), exact);
        double all = Error(Output(recorded, dtype, weights, out RoundingCount count), exact);
        double predicted = weightsAlone * Math.Sqrt((count.Products + count.Operations) / (double)count.Products);
        double u = dtype.UnitRoundoff;
        TestContext.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name} {dtype}: {count}, weights alone {weightsAlone / u:0.00} u, "
            + $"predicted {predicted / u:0.00} u, found {all / u:0.00} u"));
        Assert.That(all / predicted, Is.InRange(0.5, 1.5));
    }

    static double[] Output(ParityCase recorded, DType dtype, ParameterSource source, out RoundingCount count)
    {
        using ParameterStore store = new(Backend.Cpu, dtype, source);
        Func<Tensor> network = Network(recorded, store);
        store.RequireGrad();
        Tensor y;
        using (Tape.Pause())
            y = network();
        count = RoundingCount.Of(() => network());
        return TensorAssert.Doubles(y);
    }

    static Func<Tensor> Network(ParityCase recorded, ParameterStore store)
    {
        string config = recorded.Config.GetRawText();
        switch (recorded.Component)
        {
            case "unet":
                var unet = new UNet2DCondition(store.Root, UNet2DConditionConfig.Parse(config, recorded.Path));
                return () => unet.Call(Image("sample"), Values("timestep"), Values("encoder_hidden_states"));
            case "vae" when recorded.Has("input.image"):
                var encoder = new AutoencoderKLEncoder(store.Root, AutoencoderKLConfig.Parse(config, recorded.Path));
                return () => encoder.Call(Image("image"));
            case "vae":
                var decoder = new AutoencoderKLDecoder(store.Root, AutoencoderKLConfig.Parse(config, recorded.Path));
                return () => decoder.Call(Image("latent"));
            case "clip-text":
                var text = new ClipTextModelWithProjection(store.Root, ClipTextConfig.Parse(config, recorded.Path));
                return () => text.Call(F.Cast(Values("input_ids"), DType.I32))[2];
            default:
                var vision = new ClipVisionModelWithProjection(store.Root, ClipVisionConfig.Parse(config, recorded.Path));
                return () => vision.Call(Image("pixel_values"))[2];
        }

        Tensor Values(string name) => F.Cast(Tensor.From(recorded.Values("input." + name), recorded.ShapeOf("input." + name)), DType.F32);

        Tensor Image(string name)
        {
            Shape s = recorded.ShapeOf("input." + name);
            double[] values = ImageLayout.ToChannelsLast(recorded.Values("input." + name), s);
            return F.Cast(Tensor.From(values, [s[0], s[2], s[3], s[1]]), DType.F32);
        }
    }

    static double Error(double[] found, double[] exact) =>
        Math.Sqrt(found.Zip(exact, (a, b) => (a - b) * (a - b)).Sum() / exact.Sum(v => v * v));

    /// <summary>The weights that mixed precision rounds, rounded; in float32.</summary>
    sealed class RoundedParameters(ParameterSource source, DType dtype) : ParameterSource
    {
        public override void Read(string name, Shape fileShape, Init init, Span<float> values)
        {
            source.Read(name, fileShape, init, values);
            if (name.Contains("norm", StringComparison.Ordinal))
                return;     // stay float32
            using MemoryScope scope = MemoryScope.Open();
            F.Cast(F.Cast(Tensor.From<float>(values, fileShape), dtype), DType.F32).AsSpan<float>().CopyTo(values);
        }
    }
}
