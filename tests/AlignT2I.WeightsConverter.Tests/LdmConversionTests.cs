using AlignT2I.Files;
using AlignT2I.Files.Tests;
using AlignT2I.WeightsConverter.Loading;
using AlignT2I.WeightsConverter.Writing;

namespace AlignT2I.WeightsConverter.Tests;

/// <summary>Stable Diffusion between the file of the latent diffusion code and the diffusers folder, bit for bit.</summary>
internal sealed class LdmConversionTests
{
    static readonly string[] networks = ["unet/diffusion_pytorch_model", "vae/diffusion_pytorch_model", "text_encoder/model"];

    TempFolder folder = null!;

    [SetUp]
    public void Make() => folder = new TempFolder();

    [TearDown]
    public void Remove() => folder.Dispose();

    [TestCase("ldm-pruned-fp16.safetensors", "diffusers-safetensors-fp16", ".fp16")]
    [TestCase("ldm-pruned-fp16.ckpt", "diffusers-safetensors-fp16", ".fp16")]
    [TestCase("ldm-legacy.ckpt", "diffusers-safetensors-fp32", "")]
    public void A_single_file_becomes_the_recorded_folder(string source, string expected, string variant)
    {
        Checkpoints.Convert(Checkpoints.File(source), folder["out"], Checkpoints.Tiny);
        foreach (string network in networks)
        {
            string wanted = Path.Combine(Checkpoints.Folder(expected), network + variant + ".safetensors");
            Assert.That(Checkpoints.Content(Path.Combine(folder["out"], network + ".safetensors")),
                Is.EquivalentTo(Checkpoints.Content(wanted)), network);
        }
        Assert.That(Directory.EnumerateFileSystemEntries(folder.Path).Select(Path.GetFileName), Is.EqualTo(new[] { "out" }),
            "nothing temporary stays");
    }

    [Test]
    public void A_single_file_comes_back_from_the_folder_as_it_was()
    {
        string source = Checkpoints.File("ldm-pruned-fp16.safetensors");
        Checkpoints.Convert(source, folder["out"], Checkpoints.Tiny);
        Checkpoints.Convert(folder["out"], folder["back.safetensors"]);
        Dictionary<string, string> before = Checkpoints.Content(source), after = Checkpoints.Content(folder["back.safetensors"]);
        Assert.That(before.Where(t => after.GetValueOrDefault(t.Key) != t.Value).Select(t => t.Key), Is.EquivalentTo(new[]
        {
            "betas", "alphas_cumprod", "alphas_cumprod_prev", "sqrt_alphas_cumprod", "sqrt_one_minus_alphas_cumprod",
            "log_one_minus_alphas_cumprod", "sqrt_recip_alphas_cumprod", "sqrt_recipm1_alphas_cumprod", "posterior_variance",
            "posterior_log_variance_clipped", "posterior_mean_coef1", "posterior_mean_coef2",
        }), "only the sampler's constants are not written");
        Assert.That(after.Keys, Is.SubsetOf(before.Keys));
    }

    [TestCase("diffusers-safetensors-fp32")]
    [TestCase("diffusers-safetensors-fp16")]
    [TestCase("diffusers-bin-fp16-oldnames")]
    public void A_folder_comes_back_from_the_single_file_as_it_was(string source)
    {
        Checkpoints.Convert(Checkpoints.Folder(source), folder["one.safetensors"]);
        Checkpoints.Convert(folder["one.safetensors"], folder["back"], Checkpoints.Tiny);
        using WeightsModel before = WeightsModel.Open(Checkpoints.Folder(source)), after = WeightsModel.Open(folder["back"]);
        Assert.That(before.Problems, Is.Empty);
        Assert.That(Checkpoints.Content(after), Is.EquivalentTo(Checkpoints.Content(before)));
    }

    [Test]
    public void Old_names_and_new_names_are_the_same_model()
    {
        using WeightsModel old = WeightsModel.Open(Checkpoints.Folder("diffusers-bin-fp16-oldnames"));
        using WeightsModel current = WeightsModel.Open(Checkpoints.Folder("diffusers-safetensors-fp16"));
        Assert.That(Checkpoints.Content(old), Is.EquivalentTo(Checkpoints.Content(current)));
    }

    [Test]
    public void The_running_average_or_the_last_step_is_taken()
    {
        string source = Checkpoints.File("ldm-full-ema.ckpt");
        using WeightsModel ema = WeightsModel.Open(source, Checkpoints.Tiny);
        using WeightsModel live = WeightsModel.Open(source, Checkpoints.Tiny with { Weights = WeightsChoice.Live });
        using WeightsModel plain = WeightsModel.Open(Checkpoints.Folder("diffusers-safetensors-fp32"));
        Dictionary<string, string> expected = Checkpoints.Content(plain), average = Checkpoints.Content(ema);
        Assert.That(Checkpoints.Content(live), Is.EquivalentTo(expected));
        Assert.That(average.Keys, Is.EquivalentTo(expected.Keys));
        Assert.That(average.Where(t => t.Key.StartsWith("unet/", StringComparison.Ordinal)).All(t => t.Value != expected[t.Key]));
        Assert.That(average.Where(t => !t.Key.StartsWith("unet/", StringComparison.Ordinal)).All(t => t.Value == expected[t.Key]));
        Assert.That(ema.Notes.Single(), Does.Contain("running average").And.Contain("--weights live"));
        Assert.That(live.Notes.Single(), Does.Contain("last training step"));
    }

    [Test]
    public void A_file_without_a_running_average_says_so()
    {
        string file = Checkpoints.File("ldm-pruned-fp16.safetensors");
        UsageException e = Assert.Throws<UsageException>(() => WeightsModel.Open(
            file, Checkpoints.Tiny with { Weights = WeightsChoice.Ema }))!;
        Assert.That(e.Message, Does.Contain("model_ema"));
    }

    [Test]
    public void Sizes_that_the_file_cannot_say_and_that_are_not_those_of_v1_5_are_asked_for()
    {
        string file = Checkpoints.File("ldm-pruned-fp16.safetensors");
        FileFormatException e = Assert.Throws<FileFormatException>(() => WeightsModel.Open(file))!;
        Assert.That(e.Message, Does.Contain("--config").And.Contain("norm_num_groups"));
    }

    [Test]
    public void Shards_are_one_model()
    {
        string source = Checkpoints.Folder("diffusers-safetensors-fp32");
        Checkpoints.Convert(source, folder["sharded"]);
        string stem = Path.Combine(folder["sharded"], "unet", "diffusion_pytorch_model");
        Dictionary<string, string> places;
        using (SafetensorsFile whole = SafetensorsFile.Open(stem + ".safetensors"))
        {
            places = whole.Tensors.Select((t, i) => (t.Name, Shard: $"{stem}-0000{i % 2}-of-00002.safetensors")).ToDictionary();
            foreach (IGrouping<string, string> shard in places.GroupBy(p => p.Value, p => p.Key))
            {
                using SafetensorsWriter writer = SafetensorsWriter.Create(
                    shard.Key, shard.Select(n => new SafetensorsEntry(n, whole[n].DType, whole[n].Shape)));
                foreach (string name in shard)
                    writer.Write(name, whole.GetBytes(name));
                writer.Commit();
            }
        }
        File.Delete(stem + ".safetensors");
        string map = string.Join(", ", places.Select(p => $"\"{p.Key}\": \"{Path.GetFileName(p.Value)}\""));
        File.WriteAllText(stem + ".safetensors.index.json", "{\"weight_map\": {" + map + "}}");
        using WeightsModel expected = WeightsModel.Open(source), found = WeightsModel.Open(folder["sharded"]);
        Assert.That(Checkpoints.Content(found), Is.EquivalentTo(Checkpoints.Content(expected)));
    }

    [Test]
    public void A_stopped_conversion_leaves_nothing()
    {
        string model = Checkpoints.Folder("diffusers-safetensors-fp32");
        using var stop = new CancellationTokenSource();
        var options = new ConversionOptions { Cancellation = stop.Token, Progress = new Stop(stop) };
        foreach (string target in (string[])["folder", "file.safetensors"])
            Assert.Throws<OperationCanceledException>(() =>
                Checkpoints.Convert(model, folder[target], null, options));
        Assert.That(Directory.EnumerateFileSystemEntries(folder.Path), Is.Empty);
    }

    [Test]
    public void Progress_counts_every_byte_once()
    {
        List<ConversionProgress> told = [];
        var options = new ConversionOptions { Progress = new Listener(told), DType = SafetensorsDType.BFloat16 };
        Checkpoints.Convert(Checkpoints.Folder("diffusers-safetensors-fp32"), folder["out"], null, options);
        Assert.That(told.Select(p => p.BytesDone), Is.Ordered.Ascending);
        Assert.That(told[^1], Is.EqualTo(new ConversionProgress(2 * 398_515, 2 * 398_515)));
        Assert.That(told, Has.Count.EqualTo(368));
    }

    sealed class Stop(CancellationTokenSource source) : IProgress<ConversionProgress>
    {
        public void Report(ConversionProgress value)
        {
            if (value.BytesDone > value.BytesTotal / 2)
                source.Cancel();
        }
    }

    sealed class Listener(List<ConversionProgress> told) : IProgress<ConversionProgress>
    {
        public void Report(ConversionProgress value) => told.Add(value);
    }

    [TestCase(SafetensorsDType.Float16, "diffusers-safetensors-fp16", ".fp16")]
    public void A_type_rounds_as_the_recording_did(SafetensorsDType dtype, string expected, string variant)
    {
        Checkpoints.Convert(
            Checkpoints.Folder("diffusers-safetensors-fp32"), folder["out"], options: new ConversionOptions { DType = dtype });
        foreach (string network in networks)
        {
            string wanted = Path.Combine(Checkpoints.Folder(expected), network + variant + ".safetensors");
            Assert.That(Checkpoints.Content(Path.Combine(folder["out"], network + ".safetensors")),
                Is.EquivalentTo(Checkpoints.Content(wanted)), network);
        }
    }
}
