using System.Text.Json;
using AlignT2I.Align.Tests;
using AlignT2I.Files.Tests;
using AlignT2I.Testing;

namespace AlignT2I.WeightsConverter.Tests;

/// <summary>Malformed and malicious files on the command line: the verdict that is recorded for each, by inspect as by convert.</summary>
internal sealed class HostileFileTests
{
    /// <summary>These ask for the most work or memory; the others are run as processes in the slow tests.</summary>
    static readonly string[] demanding =
    [
        "pickle-deep-nesting.ckpt", "pickle-billion-laughs.ckpt", "zip-bomb-deflate.ckpt", "tensor-huge-expand.ckpt",
        "st-deep-json.safetensors",
    ];

    TempFolder folder = null!;

    [SetUp]
    public void Make() => folder = new TempFolder();

    [TearDown]
    public void Remove() => folder.Dispose();

    static IEnumerable<TestCaseData> Files()
    {
        string expected = Path.Combine(Golden.Root, "..", "shared", "goldens", "hostile", "expected.json");
        if (!File.Exists(expected))
            return [new TestCaseData("expected.json", "reject") { TestName = "hostile files" }];
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(expected));
        return [.. document.RootElement.GetProperty("files").EnumerateObject()
            .Select(f => new TestCaseData(f.Name, f.Value.GetProperty("verdict").GetString()))];
    }

    static IEnumerable<TestCaseData> Demanding() => Files().Where(f => demanding.Contains(f.Arguments[0]) || f.TestName is not null);

    [TestCaseSource(nameof(Files))]
    public void A_file_gets_its_verdict(string name, string verdict)
    {
        string path = Golden.Path("hostile/" + name);       // skips where the files are not there
        foreach (string[] arguments in Commands(path))
        {
            CommandRun run = CommandRun.WeightsConverter(arguments);
            CheckVerdict(arguments[0], verdict, run.ExitCode, run.Error, name);
        }
    }

    [TestCaseSource(nameof(Demanding))]
    public void A_demanding_file_is_dealt_with_in_a_second_and_200_MB(string name, string verdict)
        => CheckProcess(Golden.Path("hostile/" + name), verdict);

    [TestCaseSource(nameof(Files)), Category("Slow")]
    public void Every_file_is_dealt_with_in_a_second_and_200_MB(string name, string verdict)
        => CheckProcess(Golden.Path("hostile/" + name), verdict);

    [TestCaseSource(typeof(CheckpointBombs), nameof(CheckpointBombs.All)), Category("Slow")]
    public void A_bomb_is_dealt_with_in_a_second_and_200_MB(string outcome, byte[] archive)
    {
        using var bomb = new TempFolder();
        CheckProcess(bomb.With("bomb.ckpt", archive), outcome.StartsWith("accepted", StringComparison.Ordinal) ? "accept" : "reject");
    }

    void CheckProcess(string path, string verdict)
    {
        foreach (string[] arguments in Commands(path))
        {
            ProgramRun run = ProgramRun.Of(folder.Path, arguments);
            CheckVerdict(arguments[0], verdict, run.ExitCode, run.Error, Path.GetFileName(path));
            TestContext.Out.WriteLine($"{arguments[0]}: {run.PeakKiB >> 10} MiB, {run.Seconds:F2} s");
            Assert.That(run.PeakKiB, Is.LessThan(200 * 1000), $"KiB at the peak of {arguments[0]}");
            Assert.That(run.Seconds, Is.LessThan(1), $"seconds of {arguments[0]}");
        }
    }

    string[][] Commands(string path) =>
        [["inspect", path], ["inspect", path, "--json", "--all"], ["convert", path, folder["out.safetensors"], "--force"]];

    void CheckVerdict(string command, string verdict, int exitCode, string error, string name)
    {
        string sentence = error.Trim();
        Assert.Multiple(() =>
        {
            if (verdict != "accept-or-reject")
                Assert.That(exitCode, Is.EqualTo(verdict == "accept" ? 0 : 2), $"{command}: {sentence}");
            Assert.That(exitCode, Is.Zero.Or.EqualTo(2), $"{command}: {sentence}");
            if (exitCode == 2)
                Assert.That(sentence, Does.Contain(name + ": ").And.EndsWith(".").And.Not.Contain("\n").And.Not.Contain("   at "));
            string[] left = [.. Directory.EnumerateFileSystemEntries(folder.Path).Select(f => Path.GetFileName(f))];
            Assert.That(left, Is.SubsetOf((string[])["out.safetensors"]), "nothing else may appear, least of all a file 'pwned'");
            Assert.That(File.Exists("pwned"), Is.False);
        });
    }
}
