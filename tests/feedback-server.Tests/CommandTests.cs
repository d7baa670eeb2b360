using AlignT2I.Feedback;
using AlignT2I.FeedbackServer.Commands;
using AlignT2I.Files.Tests;

namespace AlignT2I.FeedbackServer.Tests;

/// <summary>The program itself: its commands, its exit codes, its sentences.</summary>
internal sealed class CommandTests
{
    [TestCase(2, "there is no such run folder", "--run", "nowhere")]
    [TestCase(2, "'--run' is required")]
    [TestCase(2, "expected an IP address", "--run", ".", "--address", "example.org")]
    [TestCase(2, "--allow-plain-http", "--run", ".", "--address", "0.0.0.0")]
    [TestCase(2, "--raters-per-image is 0", "--run", ".", "--raters-per-image", "0")]
    [TestCase(2, "--lease: '1,5' was found; expected a finite number", "--run", ".", "--lease", "1,5")]
    [TestCase(2, "no such file", "import", "--run", ".", "--file", "nowhere.csv")]
    [TestCase(2, "import --help' explains", "import", "--run", ".", "--nonsense")]
    [TestCase(2, "neither with .jsonl", "import", "--run", ".", "--file", "labels.xml")]
    [TestCase(2, "not a connection string", "--run", ".", "--database", "nonsense")]
    [TestCase(2, "names no Host", "--run", ".", "--database", "")]
    [TestCase(2, "names no Host", "--run", ".", "--database", "Username=me")]
    [TestCase(3, "cannot be reached", "--run", ".", "--database", "Host=127.0.0.1;Port=1;Database=x;Username=x;Timeout=2")]
    public void Bad_input_is_one_sentence(int exitCode, string words, params string[] arguments)
    {
        TextWriter console = Console.Error;
        using var errors = new StringWriter();
        Console.SetError(errors);
        try
        {
            Assert.That(Shell.Run(arguments), Is.EqualTo(exitCode), errors.ToString());
        }
        finally
        {
            Console.SetError(console);
        }
        Assert.That(errors.ToString(), Does.Contain(words).And.Not.Contain("   at "));
    }

    [TestCase("")]
    [TestCase("anna\nberta")]
    [TestCase("a name of far more characters than a person's name has, which goes on and on, and then goes on for a while, to its end")]
    public async Task A_name_that_is_none_is_one_sentence(string name)
    {
        using var folder = new StudyFolder(prompts: 1);
        (int code, string output, string error) = await ServerProcess.RunAsync("invite", "--run", folder.Path, "--name", name);
        Assert.That(code, Is.EqualTo(2), error);
        Assert.That(error, Does.Contain($"A name of {name.Length} characters").And.Not.Contain("   at "));
        Assert.That(output, Is.Empty);
    }

    [TestCase("a\\nb", "has 3 characters")]
    [TestCase("\\u0000", "has 1 characters")]
    [TestCase("a name of far more characters than a person's name has, which goes on and on, and then goes on for a while yet, to its end",
        "has 122 characters")]
    public async Task A_rater_whose_name_cannot_be_stored_is_not_imported(string rater, string words)
    {
        using var folder = new StudyFolder(prompts: 1);
        File.WriteAllText(folder["labels.jsonl"],
            $$"""{"image":"a.png","prompt":"a","rater":"{{rater}}","label":"good","time":"2024-01-01T00:00:00Z"}""" + "\n");
        (int code, _, string error) = await ServerProcess.RunAsync("import", "--run", folder.Path, "--file", folder["labels.jsonl"]);
        Assert.That(code, Is.EqualTo(2), error);
        Assert.That(error, Does.Contain(words).And.Not.Contain("   at "));
    }

    [Test]
    public async Task A_known_name_between_blanks_gets_a_new_link()
    {
        using var folder = new StudyFolder(prompts: 1);
        (int code, _, string error) = await ServerProcess.RunAsync("invite", "--run", folder.Path, "--name", "anna", "--name", " anna ");
        Assert.That(code, Is.Zero, error);
    }

    /// <summary>Real annotations: 400 images of Stable Diffusion v2, five people each (GenEval, Ghosh et al. 2023).</summary>
    [Test]
    public async Task GenEvals_annotations_come_in_through_a_mapping_and_go_out_for_the_reward()
    {
        using var folder = new StudyFolder(prompts: 1);
        string csv = Shared("feedback", "geneval_annotations_sdv2.csv"), prompts = Shared("prompts", "geneval.jsonl");
        string mapping = folder["mapping.json"];
        File.Copy(Path.Combine(Repository.Root, "docs", "geneval-mapping.json"), mapping);
        File.Copy(prompts, folder["geneval.jsonl"]);
        (int code, string output, string error) = await ServerProcess.RunAsync(
            "import", "--run", folder.Path, "--file", csv, "--mapping", mapping);
        Assert.That(code, Is.Zero, error);
        // The figures were computed once by another program from the same rule.
        Assert.That(output, Does.Contain("2000 labels of 400 images by 5 raters; 2000 were new"));
        Assert.That(output, Does.Contain("Majority: 221 images good, 179 bad, 0 undecided."));
        Assert.That(output, Does.Contain(
            "Agreement: 82.4% of pairs, Fleiss' kappa 0.642 (400 images with 5 labels), Krippendorff's alpha 0.642."));
        Assert.That(error, Does.Contain("warning: 400 labelled images are not of this run"));

        (code, output, error) = await ServerProcess.RunAsync("export", "--run", folder.Path);
        Assert.That(code, Is.Zero, error);
        IReadOnlyList<FeedbackRecord> read = FeedbackFile.Read(folder["feedback.jsonl"]);
        IReadOnlyList<LabelledImage> images = LabelledImage.FromFeedback(read);
        Assert.That(read.Count(r => r.Label == FeedbackLabel.Good), Is.EqualTo(1122));
        Assert.That(images.Select(i => i.Good + i.Bad), Is.All.EqualTo(5).And.Exactly(400).Items);
        Assert.That(images.Count(i => i.Majority == FeedbackLabel.Good), Is.EqualTo(221));
    }

    [Test]
    public async Task A_new_study_prints_its_links_and_a_stopped_one_leaves_its_labels()
    {
        if (OperatingSystem.IsWindows())
            Assert.Ignore("The test needs kill -TERM; run it on Linux.");
        using var folder = new StudyFolder(prompts: 1);
        (int code, string output, _) = await ServerProcess.RunAsync(
            "invite", "--run", folder.Path, "--name", "anna", "--url", "https://label.example/");
        Assert.That(code, Is.Zero);
        Assert.That(output, Does.StartWith("anna  https://label.example/join#1."));
        string token = output.Trim().Split('#')[1];
        int port = ServerProcess.FreePort();
        using ServerProcess server = await ServerProcess.StartAsync("--run", folder.Path, "--port", $"{port}");
        using (Rater anna = await Rater.SignInAsync($"http://127.0.0.1:{port}", "anna", token))
            await anna.LabelAllAsync((await anna.QueriesAsync()).Queries[0], FeedbackLabel.Good);
        Assert.That(await server.TerminateAsync(), Is.Zero);
        Assert.That(FeedbackFile.Read(folder["feedback.jsonl"]).Select(r => r.Rater), Is.All.EqualTo("anna").And.Exactly(3).Items);
    }

    static string Shared(params string[] parts)
    {
        string path = Path.GetFullPath(Path.Combine([Repository.Root, "..", "shared", "data", .. parts]));
        if (!File.Exists(path))
            Assert.Ignore($"The public data file {Path.Combine(parts)} is not there; put it into ../shared/data beside the repository.");
        return path;
    }
}
