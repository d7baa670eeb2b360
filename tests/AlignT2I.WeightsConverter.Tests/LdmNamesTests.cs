using AlignT2I.Engine;
using AlignT2I.Models.StableDiffusion;
using AlignT2I.WeightsConverter.Names;

namespace AlignT2I.WeightsConverter.Tests;

/// <summary>The names of SD v1.5's own file, which the tiny recordings are too small to have.</summary>
internal sealed class LdmNamesTests
{
    static readonly Dictionary<string, string> unet = ParameterOutline.Of(p => _ = new UNet2DCondition(p, new UNet2DConditionConfig()))
        .ToDictionary(
            p => LdmNames.UNet(new UNet2DConditionConfig())(p.Name, []).Name["model.diffusion_model.".Length..],
            p => $"{p.Name} {p.FileShape}");

    static readonly Dictionary<string, string> vae = ParameterOutline.Of(p => _ = new AutoencoderKL(p, new AutoencoderKLConfig()))
        .ToDictionary(
            p => LdmNames.Vae(new AutoencoderKLConfig())(p.Name, []).Name["first_stage_model.".Length..],
            p => $"{p.Name} {p.FileShape}");

    [Test]
    public void Every_parameter_has_a_name_of_its_own() => Assert.That((unet.Count, vae.Count), Is.EqualTo((686, 248)));

    [TestCase("input_blocks.3.0.op.weight", "down_blocks.0.downsamplers.0.conv.weight [320, 320, 3, 3]")]
    [TestCase("input_blocks.4.0.skip_connection.weight", "down_blocks.1.resnets.0.conv_shortcut.weight [640, 320, 1, 1]")]
    [TestCase("input_blocks.8.1.transformer_blocks.0.attn2.to_k.weight",
        "down_blocks.2.attentions.1.transformer_blocks.0.attn2.to_k.weight [1280, 768]")]
    [TestCase("input_blocks.11.0.in_layers.2.weight", "down_blocks.3.resnets.1.conv1.weight [1280, 1280, 3, 3]")]
    [TestCase("middle_block.1.proj_in.weight", "mid_block.attentions.0.proj_in.weight [1280, 1280, 1, 1]")]
    [TestCase("output_blocks.2.1.conv.weight", "up_blocks.0.upsamplers.0.conv.weight [1280, 1280, 3, 3]")]
    [TestCase("output_blocks.5.2.conv.weight", "up_blocks.1.upsamplers.0.conv.weight [1280, 1280, 3, 3]")]
    [TestCase("output_blocks.8.2.conv.weight", "up_blocks.2.upsamplers.0.conv.weight [640, 640, 3, 3]")]
    [TestCase("output_blocks.11.1.proj_out.weight", "up_blocks.3.attentions.2.proj_out.weight [320, 320, 1, 1]")]
    [TestCase("output_blocks.0.0.in_layers.0.weight", "up_blocks.0.resnets.0.norm1.weight [2560]")]
    [TestCase("out.2.weight", "conv_out.weight [4, 320, 3, 3]")]
    [TestCase("time_embed.2.weight", "time_embedding.linear_2.weight [1280, 1280]")]
    public void The_UNet(string ldm, string diffusers) => Assert.That(unet[ldm], Is.EqualTo(diffusers));

    [TestCase("decoder.up.3.upsample.conv.weight", "decoder.up_blocks.0.upsamplers.0.conv.weight [512, 512, 3, 3]")]
    [TestCase("decoder.up.0.block.0.nin_shortcut.weight", "decoder.up_blocks.3.resnets.0.conv_shortcut.weight [128, 256, 1, 1]")]
    [TestCase("encoder.down.1.block.0.conv1.weight", "encoder.down_blocks.1.resnets.0.conv1.weight [256, 128, 3, 3]")]
    [TestCase("encoder.down.2.downsample.conv.bias", "encoder.down_blocks.2.downsamplers.0.conv.bias [512]")]
    [TestCase("decoder.mid.attn_1.proj_out.weight", "decoder.mid_block.attentions.0.to_out.0.weight [512, 512]")]
    [TestCase("encoder.norm_out.weight", "encoder.conv_norm_out.weight [512]")]
    [TestCase("quant_conv.weight", "quant_conv.weight [8, 8, 1, 1]")]
    public void The_autoencoder(string ldm, string diffusers) => Assert.That(vae[ldm], Is.EqualTo(diffusers));

    [Test]
    public void The_attention_of_the_autoencoder_is_a_convolution_there() =>
        Assert.That(LdmNames.Vae(new AutoencoderKLConfig())("decoder.mid_block.attentions.0.to_q.weight", [512, 512]).Shape,
            Is.EqualTo(new long[] { 512, 512, 1, 1 }));

    [Test]
    public void The_running_average_has_the_names_without_dots() =>
        Assert.That(LdmNames.UNetEma(new UNet2DConditionConfig())("down_blocks.0.resnets.0.norm1.weight", [320]).Name,
            Is.EqualTo("model_ema.diffusion_modelinput_blocks10in_layers0weight"));
}
