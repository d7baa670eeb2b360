using AlignT2I.Align.Tests;
using AlignT2I.Files.Tests;
using AlignT2I.Testing;

namespace AlignT2I.WeightsConverter.Tests;

internal sealed class MergeLoraCommandTests
{
    TempFolder folder = null!;

    [SetUp]
    public void Make() => folder = new TempFolder();

    [TearDown]
    public void Remove() => folder.Dispose();

    static string Model => Path.GetDirectoryName(Golden.Path("checkpoints/diffusers-safetensors-fp32/model_index.json"))!;

    static string Lora => Golden.Path("checkpoints/lora-fp32");

    [Test]
    public void Twice_a_half_is_the_whole_but_for_rounding()
    {
        CommandRun once = CommandRun.WeightsConverter("merge-lora", Model, folder["once"], "--lora", Lora).Succeeded();
        Assert.That(once.Output, Does.Contain("changes 45 weights, scale 1"));
        CommandRun.WeightsConverter(
            "merge-lora", Model, folder["twice"], "--lora", Lora, "--scale", "0.5", "--lora", Lora, "--scale", "0.5").Succeeded();
        double[] differences = [.. CommandRun.WeightsConverter("diff", folder["once"], folder["twice"], "--json")
            .Json.GetProperty("tensors").EnumerateArray()
            .Select(t => t.GetProperty("maxAbs").GetDouble())];
        Assert.That(differences.Length, Is.LessThanOrEqualTo(45));
        Assert.That(differences, Is.All.LessThan(3e-7), "two roundings instead of one");
        Assert.That(CommandRun.WeightsConverter("diff", Model, folder["once"], "--json").Json.GetProperty("different").GetInt32(),
            Is.EqualTo(45));
    }

    [Test]
    public void A_scale_of_0_changes_nothing()
    {
        CommandRun.WeightsConverter("merge-lora", Model, folder["same"], "--lora", Lora, "--scale", "0").Succeeded();
        CommandRun.WeightsConverter("diff", Model, folder["same"]).Succeeded();
    }

    [Test]
    public void Bad_input_ends_with_2()
    {
        CommandRun.WeightsConverter("merge-lora", Model, folder["out"], "--lora", folder["nowhere.safetensors"])
            .Failed(2, "nowhere.safetensors", "no such file");
        CommandRun.WeightsConverter("merge-lora", Model, folder["out"], "--lora", Golden.Path("checkpoints/openai-clip-jit-fp32.pt"))
            .Failed(2, "no LoRA");
        CommandRun.WeightsConverter("merge-lora", Lora, folder["out"], "--lora", Lora).Failed(2, "a LoRA changes Stable Diffusion v1");
        CommandRun.WeightsConverter("merge-lora", Model, folder["out"], "--lora", Lora, "--scale", "1", "--scale", "2")
            .Failed(2, "1 LoRAs have 2 scales");
        CommandRun.WeightsConverter("convert", Lora, folder["out"]).Failed(2, "one file", ".safetensors");
        Assert.That(Directory.EnumerateFileSystemEntries(folder.Path), Is.Empty);
    }
}
