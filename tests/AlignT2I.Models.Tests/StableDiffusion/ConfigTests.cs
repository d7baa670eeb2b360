using AlignT2I.Files;
using AlignT2I.Models.StableDiffusion;

namespace AlignT2I.Models.Tests.StableDiffusion;

internal sealed class ConfigTests
{
    const string StableDiffusion15 = """
        {"_class_name": "UNet2DConditionModel", "_diffusers_version": "0.6.0", "act_fn": "silu", "attention_head_dim": 8,
         "block_out_channels": [320, 640, 1280, 1280], "center_input_sample": false, "cross_attention_dim": 768,
         "down_block_types": ["CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"],
         "downsample_padding": 1, "flip_sin_to_cos": true, "freq_shift": 0, "in_channels": 4, "layers_per_block": 2,
         "mid_block_scale_factor": 1, "norm_eps": 1e-05, "norm_num_groups": 32, "out_channels": 4, "sample_size": 64,
         "up_block_types": ["UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"]}
        """;

    [Test]
    public void The_defaults_are_stable_diffusion_15()
    {
        var config = UNet2DConditionConfig.Parse(StableDiffusion15, "unet/config.json");
        Assert.Multiple(() =>
        {
            Assert.That(config.BlockOutChannels, Is.EqualTo(new UNet2DConditionConfig().BlockOutChannels));
            Assert.That(config.DownBlockTypes, Is.EqualTo(new UNet2DConditionConfig().DownBlockTypes));
            Assert.That(config.UpBlockTypes, Is.EqualTo(new UNet2DConditionConfig().UpBlockTypes));
            Assert.That(Enumerable.Range(0, 4).Select(config.Heads), Is.All.EqualTo(8));
            Assert.That(Enumerable.Range(0, 4).Select(config.DownAttends), Is.EqualTo(new[] { true, true, true, false }));
            Assert.That(Enumerable.Range(0, 4).Select(config.UpAttends), Is.EqualTo(new[] { true, true, true, false }));
            Assert.That(config.TimeEmbedDim, Is.EqualTo(1280));
        });
    }

    [Test]
    public void Heads_can_be_given_for_each_resolution()
    {
        string json = StableDiffusion15.Replace("\"attention_head_dim\": 8", "\"attention_head_dim\": [5, 10, 20, 20]");
        var config = UNet2DConditionConfig.Parse(json, "c");
        Assert.That(Enumerable.Range(0, 4).Select(config.Heads), Is.EqualTo(new[] { 5, 10, 20, 20 }));
    }

    [Test]
    public void What_is_written_is_read_again_with_keys_that_are_not_known()
    {
        string path = Path.Combine(TestContext.CurrentContext.WorkDirectory, $"config-{Guid.NewGuid():N}.json");
        try
        {
            UNet2DConditionConfig.Parse(StableDiffusion15, "c").Write(path);
            UNet2DConditionConfig again = UNet2DConditionConfig.Read(path);
            Assert.Multiple(() =>
            {
                Assert.That(again.OtherKeys!["_diffusers_version"].GetString(), Is.EqualTo("0.6.0"));
                Assert.That(File.ReadAllText(path), Does.Contain("\"attention_head_dim\": 8,").And.Contain("\"norm_eps\": 1E-05"));
                Assert.That(again.CrossAttentionDim, Is.EqualTo(768));
            });
        }
        finally
        {
            File.Delete(path);
        }
    }

    [TestCase("\"norm_num_groups\": 32", "\"norm_num_groups\": 48",
        "block_out_channels is [320, 640, 1280, 1280]; expected multiples of norm_num_groups = 48")]
    [TestCase("\"attention_head_dim\": 8", "\"attention_head_dim\": 7",
        "attention_head_dim is 7; expected a number of heads that divides the 320 channels")]
    [TestCase("\"attention_head_dim\": 8", "\"attention_head_dim\": [8, 8]",
        "one number, or one for each of the 4 entries of block_out_channels")]
    [TestCase("\"attention_head_dim\": 8", "\"attention_head_dim\": \"8\"", "not a configuration that can be read")]
    [TestCase("[320, 640, 1280, 1280]", "[320, 640, 1280]", "down_block_types is of 4 entries; expected one for each of the 3")]
    [TestCase("[320, 640, 1280, 1280]", "null", "block_out_channels is of 0 entries")]
    [TestCase("[320, 640, 1280, 1280]", "[320, 640, 1280, -32]", "block_out_channels is -32; expected a positive integer")]
    [TestCase("[\"UpBlock2D\"", "[\"SimpleUpBlock2D\"", "expected only CrossAttnUpBlock2D or UpBlock2D")]
    [TestCase("\"freq_shift\": 0", "\"freq_shift\": 1", "freq_shift is 1; expected 0")]
    [TestCase("\"center_input_sample\": false", "\"use_linear_projection\": true", "use_linear_projection is true; expected false")]
    [TestCase("\"_class_name\": \"UNet2DConditionModel\"", "\"_class_name\": \"UNet2DModel\"", "expected UNet2DConditionModel")]
    [TestCase("\"in_channels\": 4", "\"in_channels\": 4,,", "not a configuration that can be read")]
    public void What_does_not_fit_is_said(string from, string to, string sentence)
    {
        string json = StableDiffusion15.Replace(from, to);
        Assert.That(json, Is.Not.EqualTo(StableDiffusion15));
        Assert.That(() => UNet2DConditionConfig.Parse(json, "unet/config.json"),
            Throws.TypeOf<FileFormatException>().With.Message.StartsWith("unet/config.json: ").And.Message.Contains(sentence));
    }

    [Test]
    public void The_autoencoder_of_a_miniature_is_accepted()
    {
        var config = AutoencoderKLConfig.Parse("""
            {"_class_name": "AutoencoderKL", "block_out_channels": [32, 64, 64], "layers_per_block": 1,
             "norm_num_groups": 16, "sample_size": 64,
             "down_block_types": ["DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D"],
             "up_block_types": ["UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D"]}
            """, "vae/config.json");
        Assert.That(config.DownsamplingFactor, Is.EqualTo(4));
    }

    [TestCase("""{"scaling_factor": 0}""", "scaling_factor is 0")]
    [TestCase("""{"latent_channels": 0}""", "latent_channels is 0")]
    [TestCase("""{"use_quant_conv": false}""", "use_quant_conv is false; expected true")]
    [TestCase("""{"up_block_types": ["UpDecoderBlock2D"]}""", "up_block_types is of 1 entries")]
    [TestCase("""[]""", "not a configuration that can be read")]
    [TestCase("null", "the file holds null")]
    public void An_autoencoder_that_does_not_fit_is_refused(string json, string sentence) =>
        Assert.That(() => AutoencoderKLConfig.Parse(json, "vae/config.json"),
            Throws.TypeOf<FileFormatException>().With.Message.Contains(sentence));
}
