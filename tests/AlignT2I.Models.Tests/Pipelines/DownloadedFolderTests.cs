using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Models.Pipelines;
using AlignT2I.Models.StableDiffusion;
using AlignT2I.Testing;

namespace AlignT2I.Models.Tests.Pipelines;

/// <summary>Diffusers folders as people download them: shards, fp16 variants, the autoencoder's names of 2022.</summary>
internal sealed class DownloadedFolderTests
{
    const string Weights = "diffusion_pytorch_model";

    static readonly string miniature = Path.Combine(Golden.Root, "models", "miniature");

    string folder = "";

    [SetUp]
    public void CopyTheMiniature()
    {
        folder = Directory.CreateTempSubdirectory("downloaded").FullName;
        foreach (string file in Directory.EnumerateFiles(miniature, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(folder, Path.GetRelativePath(miniature, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    [TearDown]
    public void RemoveFolder() => Directory.Delete(folder, recursive: true);

    [Test]
    public void Shards_variants_and_deprecated_names_give_the_same_parameters()
    {
        Shard(In("unet", Weights));
        File.Move(In("text_encoder", "model.safetensors"), In("text_encoder", "model.fp16.safetensors"));
        Rewrite(In("vae", Weights + ".safetensors"), In("vae", Weights + ".safetensors"), _ => true, AutoencoderKLNames.Deprecated);
        using StableDiffusionModel expected = StableDiffusionModel.Load(miniature), found = StableDiffusionModel.Load(folder);
        foreach ((ParameterStore a, ParameterStore b) in new[]
        {
            (expected.UNetParameters, found.UNetParameters), (expected.VaeParameters, found.VaeParameters),
            (expected.TextEncoderParameters, found.TextEncoderParameters),
        })
        {
            Assert.That(b.Parameters.Select(p => p.Name), Is.EqualTo(a.Parameters.Select(p => p.Name)));
            foreach (Parameter p in a.Parameters)
                Assert.That(b[p.Name].Value.ToArray<float>(), Is.EqualTo(p.Value.ToArray<float>()), p.Name);
        }
    }

    [Test]
    public void The_names_of_2022_are_those_of_the_published_autoencoder()
    {
        Assert.That(AutoencoderKLNames.Deprecated("encoder.mid_block.attentions.0.to_out.0.bias"),
            Is.EqualTo("encoder.mid_block.attentions.0.proj_attn.bias"));
        Assert.That(AutoencoderKLNames.Deprecated("decoder.mid_block.attentions.0.to_q.weight"),
            Is.EqualTo("decoder.mid_block.attentions.0.query.weight"));
        Assert.That(AutoencoderKLNames.Deprecated("decoder.mid_block.attentions.0.group_norm.weight"),
            Is.EqualTo("decoder.mid_block.attentions.0.group_norm.weight"));
        Assert.That(AutoencoderKLNames.Deprecated("decoder.conv_in.weight"), Is.EqualTo("decoder.conv_in.weight"));
    }

    [Test]
    public void Full_precision_comes_before_the_fp16_variant()
    {
        File.Copy(In("vae", Weights + ".safetensors"), In("vae", Weights + ".fp16.safetensors"));
        Assert.That(WeightFiles.Find(In("vae"), Weights + ".safetensors"), Is.EqualTo(new[] { In("vae", Weights + ".safetensors") }));
    }

    [Test]
    public void A_folder_of_pickles_says_which_program_converts_them()
    {
        File.Move(In("unet", Weights + ".safetensors"), In("unet", Weights + ".bin"));
        UsageException e = Assert.Throws<UsageException>(() => StableDiffusionModel.Load(folder))!;
        Assert.That(e.Message, Does.Contain("diffusion_pytorch_model.bin").And.Contain("weights-converter"));
    }

    [TestCase("""{"weight_map": {"conv_in.weight": "../../secret.safetensors"}}""", "secret")]
    [TestCase("""{"weight_map": {"conv_in.weight": 3}}""", "conv_in.weight")]
    [TestCase("""{"weight_map": {}}""", "empty")]
    [TestCase("""{"metadata": {}}""", "weight_map")]
    [TestCase("""{"weight_map": """, "not JSON")]
    public void A_malformed_index_is_refused(string index, string words)
    {
        File.Delete(In("unet", Weights + ".safetensors"));
        File.WriteAllText(In("unet", Weights + ".safetensors.index.json"), index);
        FileFormatException e = Assert.Throws<FileFormatException>(() => StableDiffusionModel.Load(folder))!;
        Assert.That(e.Message, Does.Contain(words).And.Contain("index.json"));
    }

    [Test]
    public void A_tensor_in_two_shards_is_refused()
    {
        Shard(In("unet", Weights));
        File.Copy(
            In("unet", Weights + "-00001-of-00002.safetensors"),
            In("unet", Weights + "-00002-of-00002.safetensors"), overwrite: true);
        FileFormatException e = Assert.Throws<FileFormatException>(() => StableDiffusionModel.Load(folder))!;
        Assert.That(e.Message, Does.Contain("too"));
    }

    string In(params string[] parts) => Path.Combine([folder, .. parts]);

    /// <summary>Splits a file in two and writes the index.</summary>
    static void Shard(string stem)
    {
        string whole = stem + ".safetensors";
        string[] names, shards = [$"{stem}-00001-of-00002.safetensors", $"{stem}-00002-of-00002.safetensors"];
        using (SafetensorsFile file = SafetensorsFile.Open(whole))
            names = [.. file.Tensors.Select(t => t.Name)];
        HashSet<string> first = [.. names[..(names.Length / 3)]];
        Rewrite(whole, shards[0], first.Contains, name => name);
        Rewrite(whole, shards[1], name => !first.Contains(name), name => name);
        string map = string.Join(",\n", names.Select(n => $"    \"{n}\": \"{Path.GetFileName(shards[first.Contains(n) ? 0 : 1])}\""));
        File.WriteAllText(whole + ".index.json", "{\"metadata\": {\"total_size\": 1}, \"weight_map\": {\n" + map + "\n}}");
        File.Delete(whole);
    }

    static void Rewrite(string path, string target, Func<string, bool> which, Func<string, string> rename)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        SafetensorsTensor[] tensors = [.. file.Tensors.Where(t => which(t.Name))];
        using SafetensorsWriter writer = SafetensorsWriter.Create(
            target, tensors.Select(t => new SafetensorsEntry(rename(t.Name), t.DType, t.Shape)));
        foreach (SafetensorsTensor tensor in tensors)
            writer.Write(rename(tensor.Name), file.GetBytes(tensor.Name));
        writer.Commit();
    }
}
