using AlignT2I.Testing;
using AlignT2I.Training.Embeddings;
using AlignT2I.Training.Evaluation;

namespace AlignT2I.Align.Tests.Commands;

/// <summary>synthesize: stand-ins of the networks that the experiment reads beside the model; the model itself is in
/// <see cref="FullSizeTests"/>.</summary>
internal sealed class SynthesizeCommandTests
{
    static readonly string tokenizer = Path.GetFullPath(Path.Combine(Golden.Root, "..", "shared", "clip", "hf-tokenizer"));

    [Test, Category("Slow")]
    public void Clip_and_inception_are_written_at_their_sizes_and_load()
    {
        if (!Directory.Exists(tokenizer))
        {
            Assert.Ignore(
                "CLIP's vocab.json and merges.txt are not there; put them in ../shared/clip/hf-tokenizer beside the repository.");
        }
        using var folder = new Training.Tests.TestFolder();
        CommandRun clip = CommandRun.Align(
            "synthesize", "clip-vit-large-patch14", "--output", folder["clip"], "--tokenizer", tokenizer, "--json").Succeeded();
        Assert.That(clip.Json.GetProperty("parameters").GetInt64(), Is.EqualTo(427_616_513));
        using (ClipEmbedder embedder = ClipEmbedder.Load(folder["clip"]))
            Assert.That(embedder.Dim, Is.EqualTo(768));

        CommandRun.Align("synthesize", "inception", "--output", folder["inception.safetensors"], "--dtype", "float32").Succeeded();
        Assert.That(() => InceptionStatistics.Load(folder["inception.safetensors"]).Dispose(), Throws.Nothing);
    }

    [Test]
    public void What_cannot_be_is_refused_in_a_sentence()
    {
        using var folder = new Training.Tests.TestFolder();
        CommandRun.Align("synthesize", "clip-vit-large-patch14", "--output", folder["clip"]).Failed(2, "--tokenizer");
        CommandRun.Align("synthesize", "inception", "--output", folder[""]).Failed(2, "it is there already");
    }
}
