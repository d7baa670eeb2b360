using AlignT2I.Feedback;
using AlignT2I.Testing;
using AlignT2I.Training.Tests;

namespace AlignT2I.Align.Tests.Publishing;

/// <summary>The programs as the profiles in tools/publishing publish them.</summary>
[Category("Slow")]
internal sealed class PublishedProgramTests
{
    const long MostBytes = 40_000_000;
    const int Starts = 10, MostMs = 150;

    static readonly string[] projects =
        ["training/train-reward", "training/finetune", "tools/align", "weights-converter/weights-converter", "tools/feedback-server"];

    readonly Dictionary<string, PublishedProgram> programs = [];
    TestFolder folder = null!;

    /// <summary>Each program alone in a folder: nothing of what is published beside it is needed where a model is named.</summary>
    [OneTimeSetUp]
    public void Publish()
    {
        if (!OperatingSystem.IsLinux())
            Assert.Ignore("The published programs are run on Linux only; run the test there.");
        folder = new TestFolder();
        Directory.CreateDirectory(folder["home"]);
        foreach (string project in projects)
        {
            string name = Path.GetFileName(project), alone = Alone(name);
            Directory.CreateDirectory(Path.GetDirectoryName(alone)!);
            Dotnet.Run("publish", Path.Combine(Golden.Root, project), "-p:PublishProfile=linux-x64",
                "--artifacts-path", folder["artifacts"], "-o", folder[name]);
            Assert.That(Directory.GetFiles(folder[name]), Has.Length.EqualTo(1), $"{name} is one file");
            File.Copy(Path.Combine(folder[name], name), alone);
            programs.Add(name, new PublishedProgram(alone, folder["home"]));
        }
    }

    [OneTimeTearDown]
    public void Remove() => folder?.Dispose();

    [TestCaseSource(nameof(projects))]
    public void It_is_small_and_starts_at_once(string project)
    {
        string name = Path.GetFileName(project);
        Assert.That(new FileInfo(Alone(name)).Length, Is.LessThan(MostBytes));
        double[] ms = [.. Enumerable.Range(0, Starts).Select(_ => programs[name].FirstLine().TotalMilliseconds)];
        TestContext.Out.WriteLine($"{name}: first line after {ms.Min():0} to {ms.Max():0} ms");
        Assert.That(ms.Min(), Is.LessThan(MostMs), "the quickest of several starts: others may use the machine");
    }

    [Test]
    public void They_do_the_experiment_without_dotnet()
    {
        string model = TinyModel.Write(folder["model"]), run = folder["run"];
        PublishedProgram align = programs["align"], server = programs["feedback-server"];
        align.Run("prompts", "--run", run, "--model", model, "--count", "8", "--evaluation", "4");
        align.Run("generate", "--run", run, "--model", model, "--images-per-prompt", "4", "--steps", "1", "--guidance-scale", "1");
        IEnumerable<string> rows = ImageManifest.Read(run).Select((image, i) =>
            $"{image.File},{image.Text},anna,{(i % 2 == 0 ? "good" : "bad")},2026-03-01T12:00:00Z");
        File.WriteAllLines(folder["labels.csv"], rows.Prepend("image,prompt,rater,label,time"));
        server.Run("import", "--run", run, "--file", folder["labels.csv"]);
        server.Run("export", "--run", run);
        programs["train-reward"].Run("--run", run, "--model", model, "--epochs", "2");
        programs["finetune"].Run(
            "--run", run, "--model", model, "--steps", "2", "--batch-size", "2", "--pretraining-batch-size", "2",
            "--pretraining-images", "6", "--dtype", "bfloat16");
        align.Run("evaluate", "--run", run, "--model", model, "--images-per-prompt", "2", "--rejection-samples", "3", "--steps", "1",
            "--guidance-scale", "1");
        Assert.That(File.ReadAllText(Path.Combine(run, "report", "index.html")), Does.Contain("Table 1").And.Contain("Table 2"));
        string unet = Path.Combine(run, "finetuned", "unet");
        Assert.That(programs["weights-converter"].Run("inspect", unet, "--json"), Does.Contain("conv_in.weight"));
    }

    string Alone(string name) => Path.Combine(folder[$"alone-{name}"], name);
}
