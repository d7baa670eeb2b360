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

    /// <summary>What other packages the libraries use is on this machine already.</summary>
    static readonly string others = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    static readonly string project = $"""
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <OutputType>Exe</OutputType>
            <TargetFramework>net10.0</TargetFramework>
            <Nullable>enable</Nullable>
            <ImplicitUsings>enable</ImplicitUsings>
            <RestorePackagesPath>restored</RestorePackagesPath>
            <RestoreFallbackFolders>{others}</RestoreFallbackFolders>
            <RestoreSources>../packages</RestoreSources>
          </PropertyGroup>
          <ItemGroup>
            <PackageReference Include="AlignT2I.Training" Version="*" />
          </ItemGroup>
        </Project>
        """;

    TestFolder folder = null!;

    [OneTimeSetUp]
    public void Pack()
    {
        folder = new TestFolder();
        foreach (string library in libraries)
        {
            Dotnet.Run("pack", Path.Combine(Golden.Root, library), "-c", "Release", "--artifacts-path", folder["artifacts"],
                "-o", folder["packages"]);
        }
    }

    [OneTimeTearDown]
    public void Remove() => folder.Dispose();

    [Test]
    public void Each_library_is_packed_with_its_docs_and_symbols()
    {
        foreach (string name in libraries.Select(Path.GetFileName).OfType<string>())
        {
            Assert.That(Names($"{name}.*.nupkg"), Does.Contain($"lib/net10.0/{name}.dll").And.Contain($"lib/net10.0/{name}.xml"));
            Assert.That(Names($"{name}.*.snupkg"), Does.Contain($"lib/net10.0/{name}.pdb"));
        }
    }

    [Test]
    public void The_program_of_the_page_on_the_libraries_runs_on_the_packages()
    {
        string page = File.ReadAllText(Path.Combine(Golden.Root, "docs", "libraries.md"));
        string program = page.Split("```csharp\n")[1].Split("```")[0];
        using var tiny = new TinyRun();
        tiny.WithReward();
        Directory.CreateDirectory(folder["program"]);
        File.WriteAllText(Path.Combine(folder["program"], "program.csproj"), project);
        File.WriteAllText(Path.Combine(folder["program"], "Program.cs"), program);
        string output = Dotnet.RunIn(folder["program"], "run", "-c", "Release", "--", tiny.Model, tiny.Path);
        Assert.That(output, Does.Match(@"reward 0\.\d+, loss \d+\.\d+"));
        Assert.That(File.Exists(Path.Combine(folder["program"], "unet", "diffusion_pytorch_model.safetensors")), Is.True);
    }

    IEnumerable<string> Names(string pattern)
    {
        using ZipArchive archive = ZipFile.OpenRead(Directory.GetFiles(folder["packages"], pattern).Single());
        return [.. archive.Entries.Select(e => e.FullName)];
    }
}
