using AlignT2I.Engine;
using AlignT2I.Models.Clip;
using AlignT2I.Models.Parity;
using AlignT2I.Models.Schedulers;
using AlignT2I.Models.StableDiffusion;
using AlignT2I.Testing;

namespace AlignT2I.Models.Tests.Pipelines;

/// <summary>Stable Diffusion v1.5's own configurations give the network whose weights people have: every name, every shape.</summary>
internal sealed class HubFolderTests
{
    const string Where = "config.json";

    static readonly string[] unets = [HubConfigs.UNet, HubConfigs.UNet.With(HubConfigs.UNetKeysToday)],
        vaes = [HubConfigs.Vae, HubConfigs.Vae.With(HubConfigs.VaeKeysToday)];

    [TestCaseSource(nameof(unets))]
    public void The_unet_has_686_tensors_of_860_million_numbers(string json)
    {
        UNet2DConditionConfig config = UNet2DConditionConfig.Parse(json, Where);
        var shapes = Shapes(p => _ = new UNet2DCondition(p, config), tensors: 686, numbers: 859_520_964);
        Assert.That(shapes["conv_in.weight"], Is.EqualTo(new[] { 320, 4, 3, 3 }));
        Assert.That(shapes["time_embedding.linear_1.weight"], Is.EqualTo(new[] { 1280, 320 }));
        Assert.That(shapes["down_blocks.1.attentions.0.transformer_blocks.0.attn2.to_k.weight"], Is.EqualTo(new[] { 640, 768 }));
        Assert.That(shapes["down_blocks.2.attentions.1.proj_in.weight"], Is.EqualTo(new[] { 1280, 1280, 1, 1 }));
        Assert.That(shapes["mid_block.attentions.0.transformer_blocks.0.ff.net.0.proj.weight"], Is.EqualTo(new[] { 10240, 1280 }));
        Assert.That(shapes["up_blocks.3.resnets.0.conv_shortcut.weight"], Is.EqualTo(new[] { 320, 960, 1, 1 }));
        Assert.That(shapes["up_blocks.0.upsamplers.0.conv.weight"], Is.EqualTo(new[] { 1280, 1280, 3, 3 }));
        using ParityCase recorded = ParityCase.Read(Golden.Path("unet/full-backward-32"));
        Assert.That(shapes.Keys, Is.EquivalentTo(recorded.List("gradstat_names")));
    }

    [TestCaseSource(nameof(vaes))]
    public void The_autoencoder_has_248_tensors(string json)
    {
        AutoencoderKLConfig config = AutoencoderKLConfig.Parse(json, Where);
        Assert.That(config.ScalingFactor, Is.EqualTo(0.18215));
        var shapes = Shapes(p => _ = new AutoencoderKL(p, config), tensors: 248, numbers: 83_653_863);
        Assert.That(shapes["encoder.conv_out.weight"], Is.EqualTo(new[] { 8, 512, 3, 3 }));
        Assert.That(shapes["quant_conv.weight"], Is.EqualTo(new[] { 8, 8, 1, 1 }));
        Assert.That(shapes["decoder.mid_block.attentions.0.to_q.weight"], Is.EqualTo(new[] { 512, 512 }));
        Assert.That(shapes["decoder.up_blocks.2.resnets.0.conv_shortcut.weight"], Is.EqualTo(new[] { 256, 512, 1, 1 }));
    }

    [Test]
    public void The_text_encoder_has_196_tensors()
    {
        ClipTextConfig config = ClipTextConfig.Parse(HubConfigs.TextEncoder, Where);
        Assert.That(config.PooledTokenId, Is.EqualTo(49407), "eos_token_id 2 of early files");
        var shapes = Shapes(p => _ = new ClipTextModel(p, config), tensors: 196, numbers: 123_060_480);
        Assert.That(shapes["text_model.embeddings.token_embedding.weight"], Is.EqualTo(new[] { 49408, 768 }));
        Assert.That(shapes["text_model.encoder.layers.11.mlp.fc1.weight"], Is.EqualTo(new[] { 3072, 768 }));
    }

    [Test]
    public void The_sampler_is_pndm_as_shipped()
    {
        Scheduler scheduler = Scheduler.Create(SchedulerConfig.Parse(HubConfigs.Scheduler, Where));
        scheduler.SetTimesteps(50);
        Assert.That(scheduler, Is.TypeOf<PndmScheduler>());
        Assert.That(scheduler.Timesteps.Take(4), Is.EqualTo(new double[] { 981, 961, 961, 941 }));
        Assert.That(scheduler.Timesteps, Has.Count.EqualTo(51));
    }

    static Dictionary<string, int[]> Shapes(Action<ParameterBuilder> build, int tensors, long numbers)
    {
        IReadOnlyList<(string Name, Shape FileShape)> outline = ParameterOutline.Of(build);
        Assert.That((outline.Count, outline.Sum(p => (long)p.FileShape.Count)), Is.EqualTo((tensors, numbers)));
        return outline.ToDictionary(p => p.Name, p => p.FileShape.ToArray());
    }
}
