using System.Diagnostics;
using AlignT2I.Files.Tests;
using AlignT2I.Testing;

namespace AlignT2I.Bench.Tests;

/// <summary>The scripts of tools/bench with programs in place of bench and the peer that print what these print.</summary>
public class PeersTests
{
    TempFolder folder = null!;

    [SetUp]
    public void Make()
    {
        if (!OperatingSystem.IsLinux())
            Assert.Ignore("tools/bench/peers.sh is for Linux.");
        folder = new TempFolder();
        foreach (string script in new[] { "peers.sh", "performance.sh" })
            File.Copy(Path.Combine(Golden.Root, "tools", "bench", script), Path.Combine(folder.Path, script));
        Program("bin/Release/net10.0/bench", """
            case "$1" in
              goals) echo "| $*"; exit 0;;
              ops) echo "{\"name\":\"ops\"}"; exit "${WRONG:-0}";;
            esac
            echo "{\"name\":\"$3\",\"ms_median\":1}" >> "$FOLDER/order"; tail -1 "$FOLDER/order"
            """);
        Program("peer", """
            echo "a word before"
            echo "{\"name\": \"$2\", \"ms_median\": 2}" >> "$FOLDER/order"; tail -1 "$FOLDER/order"
            """);
        Program("path/dotnet", "[ \"$1\" = build ]");
    }

    [TearDown]
    public void Remove() => folder?.Dispose();

    [Test]
    public void Each_case_is_timed_by_both_in_turn()
    {
        Assert.That(Run("peers.sh", "2", Results, Path.Combine(folder.Path, "peer")), Is.Zero);
        string[] order = File.ReadAllLines(Path.Combine(folder.Path, "order"));
        Assert.That(order, Has.Length.EqualTo(32));
        Assert.That(order[0], Is.EqualTo("""{"name":"unet_fwd_64x64_b1","ms_median":1}"""));
        Assert.That(order[1], Is.EqualTo("""{"name": "unet_fwd_64x64_b1", "ms_median": 2}"""));
        Assert.That(order[16], Is.EqualTo(order[0]));
        Assert.That(File.ReadAllLines(Path.Combine(Results, "ours.jsonl")), Is.EqualTo(order.Where((_, i) => i % 2 == 0)));
        Assert.That(File.ReadAllLines(Path.Combine(Results, "peer.jsonl")), Is.EqualTo(order.Where((_, i) => i % 2 == 1)));
    }

    [Test]
    public void Bad_usage_ends_with_2()
    {
        Assert.That(Run("peers.sh", "none", Results), Is.EqualTo(2));
        Assert.That(Run("performance.sh"), Is.EqualTo(2));
    }

    [Test]
    public void All_is_measured_three_times_and_a_wrong_result_ends_with_1()
    {
        Assert.That(Run("performance.sh", Results, Path.Combine(folder.Path, "peer")), Is.Zero);
        Assert.That(File.ReadAllLines(Path.Combine(Results, "ours.jsonl")), Has.Length.EqualTo(3 * 9));
        Assert.That(File.ReadAllLines(Path.Combine(Results, "peer.jsonl")), Has.Length.EqualTo(3 * 8));
        Assert.That(File.ReadAllText(Path.Combine(Results, "table.md")), Does.StartWith("| goals ").And.Contain("--peer"));
        Environment.SetEnvironmentVariable("WRONG", "1");
        Assert.That(Run("performance.sh", Results), Is.EqualTo(1));
        Environment.SetEnvironmentVariable("WRONG", null);
        Assert.That(File.Exists(Path.Combine(Results, "peer.jsonl")), Is.False);
        Assert.That(File.ReadAllText(Path.Combine(Results, "table.md")), Does.Not.Contain("--peer"));
    }

    string Results => Path.Combine(folder.Path, "results");

    void Program(string path, string body)
    {
        string file = Path.Combine(folder.Path, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, $"#!/bin/bash\n{body}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    int Run(string script, params string[] arguments)
    {
        ProcessStartInfo start = new("bash", [Path.Combine(folder.Path, script), .. arguments])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        start.Environment["PATH"] = Path.Combine(folder.Path, "path") + ":" + start.Environment["PATH"];
        start.Environment["FOLDER"] = folder.Path;
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        TestContext.Out.WriteLine(errors.Result);
        return process.ExitCode;
    }
}
