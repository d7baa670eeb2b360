using System.IO.Compression;
using AlignT2I.Testing;
using AlignT2I.Training.Tests;

namespace AlignT2I.Align.Tests.Publishing;

/// <summary>The packages of the libraries.</summary>
[Category("Slow")]
internal sealed class PackageTests
{
    static readonly string[] libraries =
    [
        "engine/AlignT2I.Native", "engine/AlignT2I.Files", "engine/AlignT2I.Engine", "models/AlignT2I.Models",
        "training/AlignT2I.Feedback", "training/AlignT2I.Training", "weights-converter/AlignT2I.WeightsConverter",
    ];

    [Test]
    public void Each_library_is_packed_with_its_docs_and_symbols()
    {
        using var folder = new TestFolder();
        foreach (string library in libraries)
        {
            string name = Path.GetFileName(library);
            Dotnet.Run("pack", Path.Combine(Golden.Root, library), "-c", "Release", "--artifacts-path", folder["artifacts"],
                "-o", folder["packages"]);
            Assert.That(Names(folder, $"{name}.*.nupkg"), Does.Contain($"lib/net10.0/{name}.dll").And.Contain($"lib/net10.0/{name}.xml"));
            Assert.That(Names(folder, $"{name}.*.snupkg"), Does.Contain($"lib/net10.0/{name}.pdb"));
        }
    }

    static IEnumerable<string> Names(TestFolder folder, string pattern)
    {
        using ZipArchive archive = ZipFile.OpenRead(Directory.GetFiles(folder["packages"], pattern).Single());
        return [.. archive.Entries.Select(e => e.FullName)];
    }
}
