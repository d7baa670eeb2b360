using System.Text.Json;

namespace AlignT2I.Align.Tests;

internal sealed class DoctorTests
{
    [Test]
    public void Every_library_is_there_or_has_a_sentence_that_says_what_to_do()
    {
        CommandRun run = CommandRun.Align("doctor", "--json");
        Assert.That(run.Json.GetProperty("threads").GetInt32(), Is.EqualTo(Environment.ProcessorCount));
        Assert.That(run.Json.GetProperty("memory_bytes").GetInt64(), Is.GreaterThan(1 << 28));
        JsonElement[] libraries = [.. run.Json.GetProperty("libraries").EnumerateArray()];
        Assert.That(
            libraries.Select(l => l.GetProperty("library").GetString()),
            Is.EqualTo(new[] { "NVIDIA driver", "NVRTC", "cuBLASLt", "cuDNN", "libturbojpeg", "libwebp" }));
        string[] missing = [.. libraries.Select(l => l.GetProperty("missing").GetString()).OfType<string>()];
        Assert.That(missing, Is.All.Matches<string>(m => m.Contains("looked for") && m.Contains("nstall")));
        Assert.That(run.ExitCode, Is.EqualTo(missing.Length > 0 ? 3 : 0));
        Assert.That(run.Error, Is.Empty);
    }

    [Test]
    public void The_text_has_a_line_for_each_library()
    {
        string output = CommandRun.Align("doctor").Output;
        Assert.That(output, Does.Match("(?m)^  NVRTC +").And.Match("(?m)^  libwebp +").And.Contain("Libraries"));
    }
}
