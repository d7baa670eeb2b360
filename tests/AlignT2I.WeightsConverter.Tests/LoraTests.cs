using AlignT2I.Files;
using AlignT2I.Files.Tests;
using AlignT2I.WeightsConverter.Loading;
using AlignT2I.WeightsConverter.Lora;
using AlignT2I.WeightsConverter.Names;
using AlignT2I.WeightsConverter.Writing;

namespace AlignT2I.WeightsConverter.Tests;

/// <summary>Low-rank adaptations between kohya and diffusers, and merged into a model.</summary>
internal sealed class LoraTests
{
    TempFolder folder = null!;

    [SetUp]
    public void Make() => folder = new TempFolder();

    [TearDown]
    public void Remove() => folder.Dispose();

    [TestCase("lora-fp32.safetensors", 1.0)]
    [TestCase("lora-fp16.safetensors", 1.0)]
    [TestCase("lora-fp32.safetensors", 0.7)]
    public void Merged_weights_and_results_are_those_recorded(string name, double multiplier)
    {
        Merge(Checkpoints.File(name), multiplier, folder["merged"]);
        CheckMerged(multiplier);
    }

    [Test]
    public void The_diffusers_form_merges_to_the_same()
    {
        Checkpoints.Convert(Checkpoints.File("lora-fp32.safetensors"), folder["diffusers.safetensors"]);
        Merge(folder["diffusers.safetensors"], 1, folder["merged"]);
        CheckMerged(1);
    }

    [Test]
    public void Kohya_comes_back_from_diffusers_with_the_same_change()
    {
        string source = Checkpoints.File("lora-fp16.safetensors");
        Checkpoints.Convert(source, folder["diffusers.safetensors"]);
        Checkpoints.Convert(folder["diffusers.safetensors"], folder["kohya.safetensors"]);
        Dictionary<string, string> before = Checkpoints.Content(source), after = Checkpoints.Content(folder["kohya.safetensors"]);
        Assert.That(after.Keys, Is.SupersetOf(before.Keys), "a module without alpha gets one that changes nothing");
        Assert.That(before.Where(t => t.Key.EndsWith(".lora_down.weight", StringComparison.Ordinal)).All(t => after[t.Key] == t.Value));
        using WeightsModel first = WeightsModel.Open(source), second = WeightsModel.Open(folder["kohya.safetensors"]);
        Assert.That(Checkpoints.Content(second), Is.EquivalentTo(Checkpoints.Content(first)));
        using SafetensorsFile kohya = SafetensorsFile.Open(folder["kohya.safetensors"]);
        Assert.That(kohya.Metadata, Does.ContainKey("ss_network_dim").WithValue("4"), "what the trainer wrote goes along");
    }

    [TestCase("down_blocks.0.attentions.1.transformer_blocks.0.attn1.to_out.0")]
    [TestCase("up_blocks.3.attentions.2.transformer_blocks.0.ff.net.0.proj")]
    [TestCase("mid_block.resnets.0.time_emb_proj")]
    [TestCase("down_blocks.0.downsamplers.0.conv")]
    [TestCase("down_blocks.1.resnets.0.conv_shortcut")]
    [TestCase("time_embedding.linear_1")]
    [TestCase("conv_in")]
    [TestCase("text_model.encoder.layers.11.self_attn.out_proj")]
    public void Underscores_become_dots_again(string path) =>
        Assert.That(new LoraPaths().Unflatten(path.Replace('.', '_')), Is.EqualTo(path));

    [TestCase("down_blocks_0_attentions_0_proj_inn")]
    [TestCase("input_blocks_1_1_proj_in")]
    [TestCase("")]
    public void Other_words_are_no_path(string flat) => Assert.That(new LoraPaths().Unflatten(flat), Is.Null);

    [Test]
    public void A_name_as_long_as_the_header_is_no_path() =>
        Assert.That(new LoraPaths().Unflatten(string.Join('_', Enumerable.Repeat("conv", 100_000))), Is.Null);

    [TestCase("unet.up_blocks.0.attn1.processor.to_out_lora.up.weight", "unet", "up_blocks.0.attn1.to_out.0", ".lora_B.weight")]
    [TestCase("down_blocks.0.attn1.processor.to_q_lora.down.weight", "unet", "down_blocks.0.attn1.to_q", ".lora_A.weight")]
    [TestCase("unet.mid_block.attn2.to_k.lora.down.weight", "unet", "mid_block.attn2.to_k", ".lora_A.weight")]
    [TestCase("text_encoder.text_model.encoder.layers.0.self_attn.to_out_lora.down.weight", "text_encoder",
        "text_model.encoder.layers.0.self_attn.out_proj", ".lora_A.weight")]
    [TestCase("text_encoder.text_model.encoder.layers.0.self_attn.q_proj.lora_linear_layer.up.weight", "text_encoder",
        "text_model.encoder.layers.0.self_attn.q_proj", ".lora_B.weight")]
    [TestCase("unet.conv_in.lora_A.weight", "unet", "conv_in", ".lora_A.weight")]
    public void Every_form_of_diffusers_is_read(string name, string component, string path, string role) =>
        Assert.That(DiffusersLoraNames.Parse(name), Is.EqualTo((component, path, role)));

    [TestCase("lora_te1_text_model_encoder_layers_0_mlp_fc1.lora_down.weight", "Stable Diffusion XL")]
    [TestCase("lora_unet_conv_in.hada_w1_a", "LoHa")]
    [TestCase("lora_unet_conv_in.lora_down.weight", "only one of its two matrices")]
    [TestCase("lora_unet_input_blocks_1_1_proj_in.lora_down.weight", "another model")]
    public void What_cannot_be_merged_is_refused_by_name(string name, string words)
    {
        string path = Write("bad.safetensors", (name, [4L, 4]));
        FileFormatException e = Assert.Throws<FileFormatException>(() => WeightsModel.Open(path))!;
        Assert.That(e.Message, Does.Contain(words));
    }

    [Test]
    public void A_lora_of_other_sizes_says_which_module_does_not_fit()
    {
        string path = Write("big.safetensors", ("lora_unet_conv_in.lora_down.weight", [4L, 4, 3, 3]),
            ("lora_unet_conv_in.lora_up.weight", [320L, 4, 1, 1]));
        using WeightsModel model = WeightsModel.Open(Checkpoints.Folder("diffusers-safetensors-fp32")), lora = WeightsModel.Open(path);
        FileFormatException e = Assert.Throws<FileFormatException>(() => LoraMerge.Apply(model, (LoraWeights)lora, 1))!;
        Assert.That(e.Message, Does.Contain("conv_in").And.Contain("[16, 4, 3, 3]").And.Contain("another model"));
    }

    string Write(string name, params (string Name, long[] Shape)[] tensors)
    {
        using SafetensorsWriter writer = SafetensorsWriter.Create(
            folder[name], tensors.Select(t => new SafetensorsEntry(t.Name, SafetensorsDType.Float32, t.Shape)));
        foreach ((string tensor, long[] shape) in tensors)
            writer.Write(tensor, new byte[4 * shape.Aggregate(1L, (n, d) => n * d)]);
        writer.Commit();
        return folder[name];
    }

    static void Merge(string lora, double multiplier, string target)
    {
        using WeightsModel model = WeightsModel.Open(Checkpoints.Folder("diffusers-safetensors-fp32")),
            adaptation = WeightsModel.Open(lora);
        Assert.That(LoraMerge.Apply(model, (LoraWeights)adaptation, multiplier), Is.GreaterThan(0));
        Converter.Write(model, target, new ConversionOptions());
    }

    void CheckMerged(double multiplier)
    {
        using var recorded = new RecordedForward("lora-merged.safetensors");
        string prefix = $"output.merged_{multiplier.ToString("0.0", System.Globalization.CultureInfo.InvariantCulture)}.";
        using SafetensorsFile unet = SafetensorsFile.Open(Path.Combine(folder["merged"], "unet", "diffusion_pytorch_model.safetensors"));
        using SafetensorsFile text = SafetensorsFile.Open(Path.Combine(folder["merged"], "text_encoder", "model.safetensors"));
        string[] names = [.. recorded.Names.Where(n => n.StartsWith(prefix, StringComparison.Ordinal))];
        Assert.That(names, Has.Length.GreaterThan(40));
        foreach (string name in names)
        {
            string rest = name[prefix.Length..], weight = rest[(rest.IndexOf('.', StringComparison.Ordinal) + 1)..];
            recorded.CheckWeight(rest.StartsWith("te.", StringComparison.Ordinal) ? text : unet, weight, name);
        }
        if (multiplier == 1)
            recorded.CheckUNet(folder["merged"], "output.unet_with_lora_1.0");
    }
}
