using AlignT2I.Engine;
using AlignT2I.Files;
using AlignT2I.Models.Clip;
using AlignT2I.Training.Embeddings;

namespace AlignT2I.Training.Tests.Embeddings;

internal sealed class ClipEmbedderTests
{
    [Test]
    public void A_transformers_folder_of_clip_embeds_as_the_two_encoders_of_a_model()
    {
        using var folder = new TestFolder();
        string model = TinyModel.Write(folder["model"]), clip = Directory.CreateDirectory(folder["clip"]).FullName;
        foreach (string file in (string[])["tokenizer/vocab.json", "tokenizer/merges.txt", "feature_extractor/preprocessor_config.json"])
            File.Copy(Path.Combine(model, file), Path.Combine(clip, Path.GetFileName(file)));
        new ClipConfig
        {
            ProjectionDim = 8,
            TextConfig = ClipTextConfig.Read(Path.Combine(model, "text_encoder", "config.json")) with { ProjectionDim = 512 },
            VisionConfig = ClipVisionConfig.Read(Path.Combine(model, "image_encoder", "config.json")) with { ProjectionDim = 512 },
        }.Write(Path.Combine(clip, "config.json"));
        Join(Path.Combine(clip, "model.safetensors"), Path.Combine(model, "text_encoder"), Path.Combine(model, "image_encoder"));

        using ClipEmbedder separate = ClipEmbedder.Load(model), joint = ClipEmbedder.Load(clip);
        using MemoryScope scope = MemoryScope.Open();
        byte[] pixels = new byte[70 * 90 * 3];
        new Random(3).NextBytes(pixels);
        Image[] images = [new Image(70, 90, 3, pixels)];
        Assert.That(joint.EmbedTexts(["A star"]).ToArray<float>(), Is.EqualTo(separate.EmbedTexts(["A star"]).ToArray<float>()));
        Assert.That(joint.EmbedImages(images).ToArray<float>(), Is.EqualTo(separate.EmbedImages(images).ToArray<float>()));
        Assert.That(joint.Dim, Is.EqualTo(8));

        // As in Stable Diffusion v1.5, where no encoder of the model's will do.
        Directory.Delete(Path.Combine(model, "image_encoder"), recursive: true);
        Directory.Move(clip, Path.Combine(model, "clip"));
        using ClipEmbedder inside = ClipEmbedder.Load(model);
        Assert.That(inside.Hash, Is.EqualTo(joint.Hash));
        Assert.That(inside.EmbedTexts(["A star"]).ToArray<float>(), Is.EqualTo(joint.EmbedTexts(["A star"]).ToArray<float>()));
        Assert.That(ClipEmbedder.Parameters(model), Is.Positive);
    }

    [Test]
    public void A_model_without_an_image_encoder_is_refused_with_what_would_do()
    {
        using var folder = new TestFolder();
        string model = TinyModel.Write(folder["model"]);
        Directory.Delete(Path.Combine(model, "image_encoder"), recursive: true);
        Assert.That(() => ClipEmbedder.Require(model),
            Throws.TypeOf<UsageException>().With.Message.Contains("image_encoder").And.Message.Contains("clip-vit-large-patch14")
                .And.Message.Contains("clip/"));
    }

    [Test]
    public void A_folder_clip_without_its_configuration_is_not_passed_over_for_the_models_encoders()
    {
        using var folder = new TestFolder();
        string model = TinyModel.Write(folder["model"]);
        Directory.CreateDirectory(Path.Combine(model, "clip"));
        foreach (Action read in (Action[])[() => ClipEmbedder.Require(model), () => ClipEmbedder.Load(model),
            () => ClipEmbedder.Parameters(model)])
        {
            Assert.That(read, Throws.TypeOf<UsageException>().With.Message.Contains(Path.Combine("clip", "config.json"))
                .And.Message.Contains("remove clip/"));
        }
    }

    /// <summary>One file with the tensors of two folders and the scale of CLIP's own.</summary>
    static void Join(string path, params string[] folders)
    {
        SafetensorsFile[] files = [.. folders.Select(f => SafetensorsFile.Open(Path.Combine(f, "model.safetensors")))];
        IEnumerable<SafetensorsEntry> entries = files.SelectMany(f => f.Tensors)
            .Select(t => new SafetensorsEntry(t.Name, t.DType, t.Shape))
            .Append(new SafetensorsEntry("logit_scale", SafetensorsDType.Float32, []));
        using SafetensorsWriter writer = SafetensorsWriter.Create(path, entries);
        foreach (SafetensorsFile file in files)
        {
            foreach (SafetensorsTensor tensor in file.Tensors)
                writer.Write(tensor.Name, file.GetBytes(tensor.Name));
            file.Dispose();
        }
        writer.Write("logit_scale", BitConverter.GetBytes(4.6f));
        writer.Commit();
    }
}
