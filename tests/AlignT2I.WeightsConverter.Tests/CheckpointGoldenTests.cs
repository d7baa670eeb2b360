using AlignT2I.Files;
using AlignT2I.Testing;
using AlignT2I.WeightsConverter.Sources;

namespace AlignT2I.WeightsConverter.Tests;

/// <summary>Checkpoints as PyTorch wrote them, held against what PyTorch read from them.</summary>
internal sealed class CheckpointGoldenTests
{
    [TestCase("edge-zip.pt", "PyTorch zip")]
    [TestCase("edge-proto4.pt", "PyTorch zip")]
    [TestCase("edge-legacy.pt", "PyTorch legacy")]
    public void Views_strides_shared_storages_and_every_type_come_out_bit_for_bit(string name, string format)
    {
        using WeightsFile file = WeightsFile.Open(Golden.Path("checkpoints/" + name));
        using SafetensorsFile expected = SafetensorsFile.Open(Golden.Path("checkpoints/edge-expected"));
        Assert.That(file.Format, Is.EqualTo(format));
        AssertSame(file, expected);
    }

    [Test]
    public void Safetensors_of_every_type_come_out_bit_for_bit()
    {
        string path = Golden.Path("checkpoints/edge-dtypes");
        using WeightsFile file = WeightsFile.Open(path);
        using SafetensorsFile expected = SafetensorsFile.Open(path);
        AssertSame(file, expected);
    }

    [TestCase("ldm-pruned-fp16.ckpt", "ldm-pruned-fp16")]
    public void A_checkpoint_has_what_its_safetensors_twin_has(string name, string twin)
    {
        using WeightsFile file = WeightsFile.Open(Golden.Path("checkpoints/" + name));
        using SafetensorsFile expected = SafetensorsFile.Open(Golden.Path("checkpoints/" + twin));
        AssertSame(file, expected);
    }

    [Test]
    public void A_training_checkpoint_tells_weights_from_training_state()
    {
        using WeightsFile full = WeightsFile.Open(Golden.Path("checkpoints/ldm-full-ema.ckpt"));
        using WeightsFile legacy = WeightsFile.Open(Golden.Path("checkpoints/ldm-legacy.ckpt"));
        Assert.Multiple(() =>
        {
            Assert.That(full.Tensors.Select(t => t.Name), Has.Some.EqualTo("model.diffusion_model.input_blocks.0.0.weight")
                .And.Some.StartsWith("model_ema.").And.None.StartsWith("state_dict").And.None.Contains("optimizer"));
            Assert.That(full.TrainingState.Select(t => t.Name), Is.EquivalentTo((string[])
            [
                "callbacks.ModelCheckpoint.best_model_score",
                .. Enumerable.Range(0, 4).Select(i => $"optimizer_states.0.state.{i}.exp_avg"),
                .. Enumerable.Range(0, 4).Select(i => $"optimizer_states.0.state.{i}.exp_avg_sq"),
            ]));
            Assert.That(full.Metadata["global_step"], Is.EqualTo("470000"));
            Assert.That(full.Metadata["pytorch-lightning_version"], Is.EqualTo("1.4.2"));
        });
        Dictionary<string, WeightsTensor> byName = full.Tensors.ToDictionary(t => t.Name);
        Assert.That(legacy.Tensors, Has.Count.GreaterThan(300));
        foreach (WeightsTensor tensor in legacy.Tensors)
            Assert.That(Values(legacy, tensor), Is.EqualTo(Values(full, byName[tensor.Name])), tensor.Name);
    }

    [TestCase("openai-clip-jit-fp32.pt")]
    [TestCase("openai-clip-jit-mixed-fp16.pt")]
    public void A_TorchScript_archive_gives_the_state_dict_by_attributes(string name)
    {
        using WeightsFile script = WeightsFile.Open(Golden.Path("checkpoints/" + name));
        using WeightsFile dictionary = WeightsFile.Open(Golden.Path("checkpoints/openai-clip-statedict.pt"));
        Assert.That(script.Format, Is.EqualTo("TorchScript"));
        Assert.That(script.Tensors.Select(t => t.Name), Is.EquivalentTo(dictionary.Tensors.Select(t => t.Name)));
        if (name.Contains("fp32", StringComparison.Ordinal))
        {
            Dictionary<string, WeightsTensor> byName = script.Tensors.ToDictionary(t => t.Name);
            foreach (WeightsTensor tensor in dictionary.Tensors)
                Assert.That(Values(script, byName[tensor.Name]), Is.EqualTo(Values(dictionary, tensor)), tensor.Name);
        }
    }

    [Test]
    public void Every_checkpoint_opens_and_every_tensor_of_it_reads()
    {
        string folder = Path.GetDirectoryName(Golden.Path("checkpoints/ldm-legacy.ckpt"))!;
        int files = 0;
        foreach (string path in WeightsFolder.Files(folder))
        {
            using WeightsFile file = WeightsFile.Open(path);
            foreach (WeightsTensor tensor in file.Tensors.Concat(file.TrainingState))
                Assert.That(Values(file, tensor), Has.Length.EqualTo(tensor.ByteCount));
            files++;
        }
        Assert.That(files, Is.GreaterThan(20));
    }

    [TestCase("sac+logos+ava1-l14-linearMSE.pth", 10, 768L)]
    [TestCase("sa_0_4_vit_l_14_linear.pth", 2, 768L)]
    public void The_real_aesthetic_predictors_open(string name, int tensors, long width)
    {
        string path = Path.GetFullPath(Path.Combine(Golden.Root, "..", "shared", "data", "aesthetic", name));
        if (!File.Exists(path))
            Assert.Ignore($"The file {name} is not there; put the aesthetic predictors in ../shared/data/aesthetic.");
        using WeightsFile file = WeightsFile.Open(path);
        Assert.That(file.Tensors, Has.Count.EqualTo(tensors));
        Assert.That(file.Tensors[0].Shape[1], Is.EqualTo(width));
        foreach (WeightsTensor tensor in file.Tensors)
            Assert.That(Values(file, tensor), Has.Some.Not.Zero);
    }

    static void AssertSame(WeightsFile file, SafetensorsFile expected)
    {
        Assert.That(file.Tensors.Select(t => t.Name), Is.EquivalentTo(expected.Tensors.Select(t => t.Name)));
        foreach (WeightsTensor tensor in file.Tensors)
        {
            SafetensorsTensor same = expected[tensor.Name];
            Assert.That(tensor.Shape, Is.EqualTo(same.Shape), tensor.Name);
            // numpy has no bfloat16
            bool widened = tensor.DType == SafetensorsDType.BFloat16 && same.DType == SafetensorsDType.Float32;
            Assert.That(widened ? same.DType : tensor.DType, Is.EqualTo(same.DType), tensor.Name);
            byte[] values = Values(file, tensor);
            Assert.That(widened ? Widened(values) : values, Is.EqualTo(expected.GetBytes(tensor.Name).ToArray()), tensor.Name);
        }
    }

    /// <summary>bfloat16 as float32: the same bytes above two zeros.</summary>
    static byte[] Widened(byte[] values) => [.. values.Chunk(2).SelectMany(v => new byte[] { 0, 0, v[0], v[1] })];

    static byte[] Values(WeightsFile file, WeightsTensor tensor)
    {
        byte[] values = new byte[tensor.ByteCount];
        file.Read(tensor, values);
        return values;
    }
}
