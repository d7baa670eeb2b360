using System.Text.Json;
using AlignT2I.Files;
using AlignT2I.Testing;

namespace AlignT2I.Align.Tests.Commands;

/// <summary>A model of Stable Diffusion v1.5's sizes from its folder to an image.</summary>
internal sealed class FullSizeTests
{
    [Test, Category("Slow")]
    public void A_synthetic_model_is_written_and_draws_an_image_that_is_not_square()
    {
        string tokenizer = Path.GetFullPath(Path.Combine(Golden.Root, "..", "shared", "clip", "hf-tokenizer"));
        if (!Directory.Exists(tokenizer))
        {
            Assert.Ignore(
                "CLIP's vocab.json and merges.txt are not there; put them in ../shared/clip/hf-tokenizer beside the repository.");
        }
        string folder = Directory.CreateTempSubdirectory("align-full-size-").FullName;
        try
        {
            string model = Path.Combine(folder, "synthetic-sd15"), pictures = Path.Combine(folder, "pictures");
            JsonElement made = CommandRun.Align("synthesize", "--output", model, "--tokenizer", tokenizer, "--json").Succeeded().Json;
            Assert.That(made.GetProperty("parameters").GetInt64(), Is.EqualTo(123_060_480 + 859_520_964 + 83_653_863));
            CommandRun.Align("synthesize", "--output", model, "--tokenizer", tokenizer).Failed(2, "it is there already");

            CommandRun run = CommandRun.Align(
                "generate", "--model", model, "--output", pictures, "--prompt", "a photograph of an astronaut riding a horse",
                "--steps", "1", "--width", "320", "--height", "192", "--seed", "42").Succeeded();      // latents of 24 x 40
            Assert.That(run.Output, Does.Contain("weights 4.26 GB").And.Contain("PLMS, 1 step, guidance 7.5"));
            PngImage png = Png.Read(Path.Combine(pictures, "a-photograph-of-an-astronaut-riding-a-horse-42.png"));
            Assert.That((png.Image.Width, png.Image.Height), Is.EqualTo((320, 192)));
            Assert.That(png.Image.Pixels.Distinct().Count(), Is.GreaterThan(100), "levels");
            Assert.That(png.Text["parameters"], Does.Contain("Size: 320x192").And.Contain("Model: synthetic-sd15"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
