using System.Text.Json;
using AlignT2I.Files.Tests;

namespace AlignT2I.Bench.Tests;

public class CompareTests
{
    const string Ours = """
        {"name":"tiny_unet_fwd_b32","dtype":"f32","mode":"forward","ms_median":100,"ms_min":90,"gflops":464,"result":"right"}
        {"name":"tiny_unet_fwd_b32","dtype":"f32","mode":"forward","ms_median":500,"ms_min":80,"gflops":93,"result":"right"}
        {"name":"tiny_unet_fwd_b32","dtype":"f32","mode":"forward","ms_median":120,"ms_min":95,"gflops":387,"others":0.2}
        {"name":"clip_text_b1","lib":"AlignT2I","ms_median":50,"ms_min":40,"gflops":266,"result":"right"}
        {"name":"adamw_100m","lib":"AlignT2I","ms_median":40,"ms_min":40,"gbps":70,"result":"right"}
        {"name":"peak_fma","lib":"AlignT2I","ms_median":1,"ms_min":0.9,"gflops":464}
        {"name":"peak_fma","lib":"AlignT2I","ms_median":1,"ms_min":0.5,"gflops":600}
        {"name":"peak_fma","lib":"AlignT2I","ms_median":1,"ms_min":0.9,"gflops":300}
        {"name":"memory_triad_stream_dram","lib":"AlignT2I","ms_median":1,"ms_min":1,"gbps":57}
        {"name":"memory_read_l3","lib":"AlignT2I","ms_median":1,"ms_min":1,"gbps":190}

        """;

    /// <summary>As the peer's program prints: a line about itself, and two modes of a case.</summary>
    const string Peer = """
        {"device": "one", "torch": "2.1"}
        {"name": "tiny_unet_fwd_b32", "lib": "torch 2.1", "dtype": "f32", "mode": "eager", "ms_median": 300.0, "ms_min": 250.0}
        {"name": "tiny_unet_fwd_b32", "lib": "torch 2.1", "dtype": "f32", "mode": "graph", "ms_median": 240.0, "ms_min": 160.0}
        {"name": "clip_text_b1", "lib": "torch 2.1", "dtype": "f32", "mode": "eager", "ms_median": 50.0, "ms_min": 50.0}

        """;

    TempFolder folder = null!;

    [SetUp]
    public void Make() => folder = new TempFolder();

    [TearDown]
    public void Remove() => folder.Dispose();

    [Test]
    public void Ratios_are_of_the_median_round_to_the_fastest_mode_of_the_peer()
    {
        (int exitCode, string output, string error) = Bench.Run("compare", File("ours", Ours), File("peer", Peer), "--json");
        Assert.That(exitCode, Is.Zero, error);
        JsonElement[] lines = [.. output.Trim().Split('\n').Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.That(lines.Select(line => line.GetProperty("name").GetString()),
            Is.EqualTo(new[] { "tiny_unet_fwd_b32", "clip_text_b1", "geometric_mean" }));
        Assert.Multiple(() =>
        {
            Assert.That(lines[0].GetProperty("first_ms").GetDouble(), Is.EqualTo(120));
            Assert.That(lines[0].GetProperty("ratio").GetDouble(), Is.EqualTo(0.5));
            Assert.That(lines[0].GetProperty("ratio_of_minima").GetDouble(), Is.EqualTo(0.5));
            Assert.That(lines[0].GetProperty("first_rounds").GetInt32(), Is.EqualTo(3));
            Assert.That(lines[1].GetProperty("ratio").GetDouble(), Is.EqualTo(1));
            Assert.That(lines[2].GetProperty("ratio").GetDouble(), Is.EqualTo(Math.Sqrt(0.5)).Within(1e-4));
        });
        (_, string table, _) = Bench.Run("compare", File("ours", Ours), File("peer", Peer));
        Assert.That(table, Does.Match(@"tiny_unet_fwd_b32 +120\.000 ms +240\.000 ms +0\.500 +0\.500  3, 1"));
    }

    [TestCase("{\"name\":\"a\",\"ms_median\":-1,\"ms_min\":-2}\n", "ms_median is -1 and ms_min -2; expected positive milliseconds")]
    [TestCase("{\"name\":\"a\",\"ms_median\":1,\"ms_min\":2}\n", "ms_median is 1 and ms_min 2")]
    [TestCase("{\"name\":\"a\"}\n", "ms_median is 0")]
    [TestCase("{\"name\":\"a\",\"ms_median\":1e999,\"ms_min\":1}\n", "hostile:1")]
    [TestCase("{\"name\":\"a\",\"ms_median\":\"fast\",\"ms_min\":1}\n", "hostile:1")]
    [TestCase("{\"name\":\"a\",\"ms_median\":2,\"ms_min\":1,\"result\":\"WRONG\"}\n", "the result of a is WRONG")]
    [TestCase("[1, 2]\n", "hostile:1")]
    [TestCase("{\"name\":\"a\",\n", "hostile:1")]
    [TestCase("\0\u0001\n", "hostile:1")]
    [TestCase("null\n", "hostile:1")]
    [TestCase("{\"device\": \"one\"}\n", "no line is a case")]
    [TestCase("", "no line is a case")]
    [TestCase("{\"name\":\"b\",\"ms_median\":2,\"ms_min\":1}\n", "no case is in both files")]
    public void A_hostile_file_ends_with_2_and_a_sentence(string text, string sentence)
    {
        (int exitCode, string output, string error) = Bench.Run("compare", File("hostile", text), File("peer", Peer));
        Assert.Multiple(() =>
        {
            Assert.That(exitCode, Is.EqualTo(2));
            Assert.That(error, Does.Contain(sentence).And.Not.Contain("   at "));
            Assert.That(output, Is.Empty);
        });
    }

    /// <summary>In the median of the rounds twice the arithmetic of the machine that the goals were set on:
    /// half the time is the goal.</summary>
    [Test]
    public void Goals_are_scaled_by_the_machines_limits()
    {
        (int exitCode, string output, string error) = Bench.Run("goals", File("ours", Ours), "--peer", File("peer", Peer));
        Assert.That(exitCode, Is.Zero, error);
        Assert.That(output, Does.Contain(
            "| tiny_unet_fwd_b32 | ≤ 320 ms | 2 of 3 | ≤ 160 ms | 2 of 3 | 240 ms | **120 ms** (others at work) | 2.00 | 83% |"));
        Assert.That(output, Does.Contain(
            "| clip_text_b1 | ≤ 70.0 ms | 1 of 1 | ≤ 35.0 ms | 0 of 1 | 50.0 ms | **50.0 ms** | 1.00 | 57% |"));
        Assert.That(output, Does.Contain("| adamw_100m | ≤ 65.0 ms | 1 of 1 | ≤ 65.0 ms | 1 of 1 |  | **40.0 ms** |  | 123% |"));
        Assert.That(output, Does.Contain("| geglu_4096x2560 | not measured |"));
    }

    [Test]
    public void Goals_need_the_machines_limits()
    {
        (int exitCode, _, string error) = Bench.Run("goals", File("ours", Peer));
        Assert.That(exitCode, Is.EqualTo(2));
        Assert.That(error, Does.Contain("lacks peak_fma"));
    }

    string File(string name, string text)
    {
        string path = Path.Combine(folder.Path, name);
        System.IO.File.WriteAllText(path, text);
        return path;
    }
}
