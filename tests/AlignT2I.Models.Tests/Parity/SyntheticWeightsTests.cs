using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using AlignT2I.Models.Parity;
using AlignT2I.Testing;

namespace AlignT2I.Models.Tests.Parity;

internal sealed class SyntheticWeightsTests
{
    [TestCase("conv_in.weight", "v1:0", new[] { 320, 4, 3, 3 }, 0, 0x3d287e74u)]
    [TestCase("conv_in.weight", "v1:0", new[] { 320, 4, 3, 3 }, 11519, 0xbe844208u)]
    [TestCase("conv_in.bias", "v1:7", new[] { 320 }, 0, 0x3db261c8u)]
    [TestCase("down_blocks.0.resnets.0.norm1.weight", "v1:7", new[] { 320 }, 5, 0x3f7b7fddu)]
    [TestCase("mid_block.attentions.0.transformer_blocks.0.attn2.to_k.weight", "v1:7", new[] { 1280, 768 }, 983039, 0xbd18f2e8u)]
    [TestCase("text_model.embeddings.token_embedding.weight", "v1:1007", new[] { 49408, 768 }, 37945343, 0x3c8a7566u)]
    [TestCase("vision_model.embeddings.class_embedding", "v1:7", new[] { 1024 }, 3, 0x3ca7f4eau)]
    [TestCase("encoder.mid_block.attentions.0.to_q.weight", "v1:42", new[] { 512, 512 }, 1, 0xbc914c00u)]
    [TestCase("Conv2d_1a_3x3.bn.running_var", "v1:111", new[] { 32 }, 31, 0x3f860206u)]
    [TestCase("mlp.0.weight", "v1:1", new[] { 1024, 1536 }, 1572863, 0x3d1ca36fu)]
    [TestCase("Conv2d_2a_3x3.conv.weight", "v1he:111", new[] { 32, 32, 3, 3 }, 100, 0xbe0c772eu)]
    public void One_element_has_the_recorded_bits(string name, string weights, int[] shape, int index, uint bits)
    {
        float value = SyntheticWeights.Parse("synthetic:" + weights).Values(name, shape)[index];
        Assert.That(BitConverter.SingleToUInt32Bits(value), Is.EqualTo(bits));
    }

    [Test]
    public void The_unit_vector_has_the_recorded_bits()
    {
        double[] values = new double[3];
        new SyntheticWeights(SyntheticVariant.V1, 7).FillUnit("dot:conv_in.weight", values);
        Assert.That(BitConverter.DoubleToUInt64Bits(values[2]), Is.EqualTo(0xbf807c4000000000));
    }

    [Test]
    public void Whole_tensors_have_the_recorded_bits()
    {
        using ParityCase recorded = ParityCase.Read(Golden.Path("synth/examples"));
        foreach (JsonElement tensor in recorded.Config.GetProperty("tensors").EnumerateArray())
        {
            string name = tensor.GetProperty("name").GetString()!;
            int[] shape = [.. tensor.GetProperty("shape").EnumerateArray().Select(d => d.GetInt32())];
            SyntheticWeights weights = SyntheticWeights.Parse($"synthetic:{tensor.GetProperty("variant")}:{tensor.GetProperty("seed")}");
            byte[] hash = SHA256.HashData(MemoryMarshal.AsBytes(weights.Values(name, shape).AsSpan()));
            Assert.That(Convert.ToHexStringLower(hash), Is.EqualTo(tensor.GetProperty("sha256_f32_le").GetString()), name);
        }
    }

    [TestCase("none")]
    [TestCase("synthetic:v2:1")]
    [TestCase("synthetic:v1:x")]
    public void Other_descriptions_are_refused(string text) =>
        Assert.That(() => SyntheticWeights.Parse(text), Throws.TypeOf<FormatException>());
}
