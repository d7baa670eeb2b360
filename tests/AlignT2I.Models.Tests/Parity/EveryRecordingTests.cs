using System.Text.Json;
using AlignT2I.Files;
using AlignT2I.Models.Parity;
using AlignT2I.Models.Tests.Clip;
using AlignT2I.Testing;

namespace AlignT2I.Models.Tests.Parity;

/// <summary>All recordings there are, the models of full size among them; the ordinary run has a choice of small ones.</summary>
internal sealed class EveryRecordingTests
{
    const string Manifest = "manifest.json";

    /// <summary>Folders of files for the weights converter, whose tests go through them.</summary>
    static readonly string[] ofConverter = ["checkpoints/", "hostile/"];

    [TestCaseSource(nameof(Recordings))]
    [Category("Slow")]
    public void Matches(string name) => Golden.Check(name);

    [Test]
    public void No_recording_is_left_out()
    {
        using SafetensorsFile preprocess = SafetensorsFile.Open(Golden.Path("clip-preprocess/preprocess"));
        HashSet<string> read = [Manifest, "README.md", .. ClipTokenizerTests.Recordings];
        using JsonDocument pictures = JsonDocument.Parse(preprocess.Metadata["config"]);
        foreach (JsonElement picture in pictures.RootElement.GetProperty("files").EnumerateArray())
            read.Add("clip-preprocess/" + picture.GetString());
        string[] recordings = [.. Recordings().Select(name => name + ".safetensors")];
        string[] unread = [.. Files().Where(f => !read.Contains(f) && !recordings.Contains(f))];
        Assert.That(unread, Is.Empty, "files that no test reads");
        Assert.That(recordings, Has.Length.GreaterThan(70));

        HashSet<string> components = [.. recordings.Select(Component)];
        Assert.That(components, Is.EquivalentTo(ParityComponents.Names));
    }

    /// <summary>
    /// Every recorded case, as <see cref="Golden.Check"/> names it; where there are none, the list, so that its test is skipped.
    /// </summary>
    static IEnumerable<string> Recordings() => File.Exists(Golden.SharedPath(Manifest))
        ? Files().Where(f => Path.GetExtension(f) == ".safetensors").Select(f => Path.ChangeExtension(f, null))
        : [Manifest];

    static string[] Files()
    {
        using JsonDocument manifest = JsonDocument.Parse(File.ReadAllBytes(Golden.Path(Manifest)));
        return [.. manifest.RootElement.GetProperty("files").EnumerateArray().Select(f => f.GetProperty("file").GetString()!)
            .Where(f => !ofConverter.Any(folder => f.StartsWith(folder, StringComparison.Ordinal)))];
    }

    static string Component(string file)
    {
        using ParityCase recorded = ParityCase.Read(Golden.Path(file));
        return recorded.Component;
    }
}
