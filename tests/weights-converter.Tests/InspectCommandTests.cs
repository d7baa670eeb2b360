using System.Text.Json;
using AlignT2I.Align.Tests;
using AlignT2I.Files;
using AlignT2I.Files.Tests;

namespace AlignT2I.WeightsConverter.Tests;

internal sealed class InspectCommandTests
{
    TempFolder folder = null!;

    [SetUp]
    public void Make()
    {
        folder = new TempFolder();
        using SafetensorsWriter writer = SafetensorsWriter.Create(
            folder["model.safetensors"],
            [new("block.weight", SafetensorsDType.Float32, [2, 3]), new("block.bias", SafetensorsDType.BFloat16, [2])],
            new Dictionary<string, string> { ["format"] = "pt" });
        writer.Write("block.weight", new byte[24]);
        writer.Write("block.bias", new byte[4]);
        writer.Commit();
    }

    [TearDown]
    public void Remove() => folder.Dispose();

    [Test]
    public void A_table_names_every_tensor_and_the_totals()
    {
        string output = CommandRun.WeightsConverter("inspect", folder["model.safetensors"]).Succeeded().Output;
        Assert.That(output, Does.Contain("(safetensors)").And.Contain("format: pt").And.Contain("2 tensors, 8 parameters, 28 bytes"));
        Assert.That(output, Does.Match(@"block\.weight +F32 +\[2, 3\] +24").And.Match(@"block\.bias +BF16 +\[2\] +4"));
    }

    [Test]
    public void Json_has_the_same_and_a_filter_narrows_the_list_only()
    {
        CommandRun run = CommandRun.WeightsConverter("inspect", folder.Path, "--json", "--filter", "bias").Succeeded();
        JsonElement file = run.Json.GetProperty("files")[0], tensor = file.GetProperty("tensors").EnumerateArray().Single();
        Assert.That(file.GetProperty("parameters").GetInt64(), Is.EqualTo(8));
        Assert.That(tensor.GetProperty("name").GetString(), Is.EqualTo("block.bias"));
        Assert.That(tensor.GetProperty("shape").EnumerateArray().Select(d => d.GetInt64()), Is.EqualTo(new[] { 2L }));
    }

    [Test]
    public void What_is_not_there_or_has_no_weights_ends_with_2()
    {
        CommandRun.WeightsConverter("inspect", folder["nowhere.ckpt"]).Failed(2, "nowhere.ckpt", "no such file");
        Directory.CreateDirectory(folder["empty"]);
        CommandRun.WeightsConverter("inspect", folder["empty"]).Failed(2, "empty", "no file of weights");
    }
}
