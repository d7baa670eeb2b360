using System.Text.Json;
using AlignT2I.Align.Commands;
using AlignT2I.Engine;
using AlignT2I.Testing;

namespace AlignT2I.Align.Tests.Commands;

internal sealed class ParityCommandTests
{
    static (int ExitCode, string Output) Run(bool json, params string[] paths)
    {
        using var output = new StringWriter();
        int exitCode = ParityCommand.Run([.. paths.Select(p => new FileInfo(p))], Backend.Cpu, DType.F32, json, output);
        return (exitCode, output.ToString());
    }

    [Test]
    public void A_recording_that_the_engine_matches_ends_with_0()
    {
        (int exitCode, string output) = Run(json: false, Golden.Path("vae/eps-probe-encoder"));
        Assert.Multiple(() =>
        {
            Assert.That(exitCode, Is.Zero, output);
            Assert.That(output, Does.StartWith("vae/eps-probe-encoder (vae)").And.Contain("ok   output.moments").And.Not.Contain("FAIL"));
        });
    }

    [Test]
    public void A_recording_that_it_does_not_match_ends_with_1_and_says_which_tensor()
    {
        string path = Path.Combine(TestContext.CurrentContext.WorkDirectory, $"wrong-{Guid.NewGuid():N}.safetensors");
        byte[] bytes = File.ReadAllBytes(Golden.Path("vae/eps-probe-encoder"));
        using (JsonDocument header = JsonDocument.Parse(bytes.AsMemory(8, (int)BitConverter.ToInt64(bytes))))
        {
            JsonElement offsets = header.RootElement.GetProperty("output.moments").GetProperty("data_offsets");
            BitConverter.GetBytes(0.5f).CopyTo(bytes, 8 + (int)BitConverter.ToInt64(bytes) + offsets[0].GetInt32());
        }
        try
        {
            File.WriteAllBytes(path, bytes);
            (int exitCode, string output) = Run(json: false, Golden.Path("vae/eps-probe-encoder"), path);
            Assert.Multiple(() =>
            {
                Assert.That(exitCode, Is.EqualTo(1));
                Assert.That(output, Does.Contain("FAIL output.moments"));
            });
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Test]
    public void Reports_can_be_read_by_programs()
    {
        (int exitCode, string output) = Run(json: true, Golden.Path("vae/eps-probe-encoder"), Golden.Path("unet/eps-probe"));
        using JsonDocument reports = JsonDocument.Parse(output);
        JsonElement first = reports.RootElement[0];
        Assert.Multiple(() =>
        {
            Assert.That(exitCode, Is.Zero);
            Assert.That(reports.RootElement.GetArrayLength(), Is.EqualTo(2));
            Assert.That(first.GetProperty("case").GetString(), Is.EqualTo("vae/eps-probe-encoder"));
            Assert.That(first.GetProperty("passed").GetBoolean(), Is.True);
            Assert.That(first.GetProperty("comparisons")[0].GetProperty("measure").GetString(), Is.EqualTo("RelativeL2"));
            Assert.That(first.GetProperty("comparisons")[0].GetProperty("relative_l2").GetDouble(), Is.LessThan(1e-5));
        });
    }
}
