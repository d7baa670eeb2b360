using System.Text.Json.Nodes;
using AlignT2I.Feedback;
using AlignT2I.Files;
using AlignT2I.Training.Runs;

namespace AlignT2I.Align.Tests;

/// <summary>Every bad input: an exit code, one sentence, and no file half-written.</summary>
internal sealed class BadInputTests
{
    TinyRun tiny = null!;

    [SetUp]
    public void Make() => tiny = new TinyRun();

    [TearDown]
    public void Remove() => tiny.Dispose();

    CommandRun Generate(params string[] more) => CommandRun.Align(
        ["generate", "--output", tiny["out"], "--model", tiny.Model, "--steps", "1", "--images-per-prompt", "1", .. more]);

    [Test]
    public void A_word_that_the_miniature_world_lacks()
    {
        Generate("--prompt", "A purple dinosaur").Failed(2, "dinosaur", "it knows");
        Assert.That(Directory.Exists(tiny["out"]), Is.False);
    }

    [Test]
    public void A_prompt_of_known_words_that_makes_no_sense() => Generate("--prompt", "red three stars").Failed(2, "expected an object");

    [TestCase("")]
    [TestCase("\n  \n# only a comment\n")]
    public void A_prompt_file_without_a_prompt(string text)
    {
        File.WriteAllText(tiny["prompts.txt"], text);
        Generate("--prompts", tiny["prompts.txt"]).Failed(2, "prompts.txt", "no prompt");
        Assert.That(Directory.Exists(tiny["out"]), Is.False);
    }

    [Test]
    public void A_prompt_file_that_is_an_empty_device()
    {
        if (!File.Exists("/dev/null"))
            Assert.Ignore("There is no /dev/null; run this test on Linux or macOS.");
        Generate("--prompts", "/dev/null").Failed(2, "/dev/null", "no prompt");
    }

    [Test]
    public void An_empty_prompts_jsonl()
    {
        File.WriteAllText(tiny["prompts.jsonl"], "");
        Generate("--prompts", tiny["prompts.jsonl"]).Failed(2, "prompts.jsonl", "no prompt");
    }

    [Test]
    public void A_prompt_file_that_is_not_there() => Generate("--prompts", tiny["nowhere.txt"]).Failed(2, "nowhere.txt");

    [TestCase("pretrain", "--output", "nowhere", "--steps", "0")]
    [TestCase("prompts", "--run", "nowhere", "--count", "-1")]
    [TestCase("prompts", "--run", "nowhere", "--count", "1000000")]
    [TestCase("prompts", "--run", "nowhere", "--evaluation", "3")]
    [TestCase("generate", "--run", "nowhere", "--prompt", "A star", "--images-per-prompt", "0")]
    [TestCase("generate", "--run", "nowhere", "--prompt", "A star", "--shard", "3/2")]
    public void A_number_out_of_range_makes_no_folder(params string[] arguments)
    {
        CommandRun.Align(arguments[0] == "generate" ? [.. arguments, "--model", tiny.Model] : arguments).Failed(2);
        Assert.That(Directory.Exists("nowhere"), Is.False);
    }

    [TestCase("temperature")]
    [TestCase("learningRate")]
    public void An_option_of_the_reward_beyond_every_number(string option)
    {
        tiny.WithPrompts();
        File.WriteAllText(tiny["options.json"], $$"""{"{{option}}": 1e400}""");
        CommandRun.TrainReward("--run", tiny.Path, "--model", tiny.Model, "--config", tiny["options.json"]).Failed(2, "Infinity");
    }

    [TestCase("learningRate")]
    [TestCase("pretrainingWeight")]
    [TestCase("validationGuidanceScale")]
    public void An_option_of_fine_tuning_beyond_every_number(string option)
    {
        tiny.WithPrompts();
        File.WriteAllText(tiny["options.json"], $$"""{"{{option}}": 1e400}""");
        CommandRun.Finetune("--run", tiny.Path, "--model", tiny.Model, "--config", tiny["options.json"]).Failed(2, "Infinity");
    }

    [Test]
    public void A_file_in_place_of_the_output_folder()
    {
        File.WriteAllText(tiny["out"], "kept");
        Generate("--prompt", "A star").Failed(2, "it is a file; name a folder");
        Assert.That(File.ReadAllText(tiny["out"]), Is.EqualTo("kept"));
    }

    [Test]
    public void A_file_in_place_of_the_folder_of_pretraining()
    {
        File.WriteAllText(tiny["out"], "kept");
        CommandRun.Align("pretrain", "--output", tiny["out"]).Failed(2, tiny["out"], "it is a file; name a folder");
    }

    [Test]
    public void A_link_to_nothing_in_place_of_a_folder()
    {
        if (OperatingSystem.IsWindows())
            Assert.Ignore("Links need rights on Windows; run this test on Linux or macOS.");
        File.CreateSymbolicLink(tiny["out"], tiny["nowhere"]);
        Generate("--prompt", "A star").Failed(2, "it is a file; name a folder");
    }

    [Test]
    public void A_folder_of_pictures_as_a_run()
    {
        Generate("--prompt", "A star").Succeeded();
        CommandRun.Align("generate", "--run", tiny["out"], "--model", tiny.Model, "--steps", "1", "--images-per-prompt", "1",
            "--prompt", "A star").Failed(2, "file a-star-0.png", "file images/a-star-0.png");
    }

    [Test]
    public void A_negative_number_of_rendered_scenes()
    {
        tiny.WithReward();
        CommandRun.Finetune([.. tiny.FinetuneArguments(1)[..^2], "--pretraining-images", "-1"]).Failed(2, "-1 rendered scenes");
    }

    [Test]
    public void A_model_that_is_not_there() =>
        CommandRun.Align("generate", "--output", tiny["out"], "--model", tiny["nowhere"], "--prompt", "A star")
            .Failed(2, "nowhere", "no such folder");

    [Test]
    public void A_truncated_safetensors()
    {
        string path = Path.Combine(tiny.Model, "unet", "diffusion_pytorch_model.safetensors");
        byte[] bytes = File.ReadAllBytes(path);
        File.WriteAllBytes(path, bytes[..(bytes.Length / 2)]);
        Generate("--prompt", "A star").Failed(2, "diffusion_pytorch_model.safetensors");
        Assert.That(Directory.Exists(tiny["out"]), Is.False);
    }

    [Test]
    public void A_configuration_whose_shapes_do_not_fit_the_weights()
    {
        string path = Path.Combine(tiny.Model, "unet", "config.json");
        JsonNode config = JsonNode.Parse(File.ReadAllText(path))!;
        config["block_out_channels"] = new JsonArray(4, 16);
        File.WriteAllText(path, config.ToJsonString());
        Generate("--prompt", "A star").Failed(2, "diffusion_pytorch_model.safetensors", "shape");
        Assert.That(Directory.Exists(tiny["out"]), Is.False);
    }

    [Test]
    public void A_corrupt_image_names_the_file_and_leaves_whole_labels()
    {
        tiny.WithImages();
        string[] images = [.. Directory.EnumerateFiles(tiny.In("images")).Order()];
        byte[] bytes = File.ReadAllBytes(images[5]);
        File.WriteAllBytes(images[5], bytes[..(bytes.Length / 2)]);
        CommandRun.Align("rate", "--simulated", "--run", tiny.Path).Failed(2, Path.GetFileName(images[5]));
        string labels = File.ReadAllText(tiny.In("feedback.jsonl"));
        Assert.That(labels.Length == 0 || labels.EndsWith("}\n", StringComparison.Ordinal));
    }

    [Test]
    public void Labels_only_where_the_rater_is_said_to_be_simulated()
    {
        tiny.WithPrompts();
        CommandRun.Align("rate", "--run", tiny.Path).Failed(2, "--simulated");
    }

    [Test]
    public void A_run_folder_that_is_not_there_is_not_made()
    {
        CommandRun.Finetune("--run", tiny["nowhere"], "--model", tiny.Model).Failed(2, "nowhere");
        CommandRun.TrainReward("--run", tiny["nowhere"], "--model", tiny.Model).Failed(2, "nowhere");
        CommandRun.Align("evaluate", "--run", tiny["nowhere"], "--model", tiny.Model).Failed(2, "nowhere");
        Assert.That(Directory.Exists(tiny["nowhere"]), Is.False);
    }

    [Test]
    public void A_stage_without_the_one_before()
    {
        tiny.WithImages();
        CommandRun.TrainReward("--run", tiny.Path, "--model", tiny.Model)
            .Failed(2, "there are no labels", "feedback-server", "align rate");
        CommandRun.Finetune(tiny.FinetuneArguments(2)).Failed(2, "reward");
        CommandRun.Align("evaluate", "--run", tiny.Path, "--model", tiny.Model).Failed(2, "fine-tune");
    }

    [Test]
    public void An_option_in_a_file_that_does_not_exist()
    {
        File.WriteAllText(tiny["options.json"], """{ "finetune": { "stepz": 3 } }""");
        CommandRun.Align("demo", "--output", tiny["out"], "--model", tiny.Model, "--config", tiny["options.json"])
            .Failed(2, "options.json", "finetune.stepz", "steps");
        Assert.That(Directory.Exists(tiny["out"]), Is.False);
    }

    [Test]
    public void Two_processes_in_one_run_folder()
    {
        tiny.WithPrompts();
        using RunFolder held = RunFolder.Open(tiny.Path);
        CommandRun.Align("generate", "--run", tiny.Path, "--model", tiny.Model)
            .Failed(2, $"process {Environment.ProcessId}", "working in this run folder");
        Assert.That(Directory.Exists(tiny.In("images")), Is.False);
    }

    [Test]
    public void A_full_disk_leaves_whole_images_and_the_same_command_goes_on()
    {
        using Files.Tests.SmallDisk disk = Files.Tests.SmallDisk.OfKiB(120);
        string[] arguments =
        [
            "generate", "--output", disk["run"], "--model", tiny.Model, "--prompt", "A star", "--steps", "1",
            "--images-per-prompt", "40", "--batch-size", "4",
        ];
        CommandRun.Align(arguments).Failed(3, "disk is full");
        using RunFolder run = RunFolder.Open(disk["run"]);
        IReadOnlyList<ImageRecord> images = run.ReadImages();
        Assert.That(images, Is.Not.Empty);
        foreach (ImageRecord image in images)
            Assert.That(Png.Read(run.PathOf(image)).Image.Width, Is.EqualTo(64));
        Assert.That(Directory.EnumerateFiles(disk.Path, "*.tmp", SearchOption.AllDirectories), Is.Empty);
    }

    [Test]
    public void A_read_only_run_folder()
    {
        using Files.Tests.SmallDisk disk = Files.Tests.SmallDisk.OfKiB(256);
        CommandRun.Align("prompts", "--run", disk["run"], "--count", "4", "--evaluation", "4").Succeeded();
        disk.MakeReadOnly();
        CommandRun.Align("generate", "--run", disk["run"], "--model", tiny.Model).Failed(3, "read-only");
        CommandRun.Align("demo", "--output", disk["other"], "--model", tiny.Model).Failed(3, "read-only");
    }
}
