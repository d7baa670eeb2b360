using System.Xml.Linq;

namespace AlignT2I.Files.Tests;

/// <summary>The rules of the house that the compiler does not know.</summary>
internal sealed class HouseTests
{
    const string Testing = "AlignT2I.Testing", CommandLine = "AlignT2I.CommandLine";

    /// <summary>Its packages do not restore everywhere: built with <c>-p:UseManagedCuda=true</c> only.</summary>
    const string OutsideTheSolution = "AlignT2I.ManagedCuda";

    static readonly string[] engineAndBelow = ["AlignT2I.Engine", "AlignT2I.Files", "AlignT2I.Native"];
    static readonly string[] trainingAndBelow = ["AlignT2I.Training", "AlignT2I.Feedback", "AlignT2I.Models", .. engineAndBelow];

    /// <summary>References go one way only: each project with all that it may refer to.</summary>
    static readonly Dictionary<string, string[]> allowed = new()
    {
        ["AlignT2I.Native"] = [],
        ["AlignT2I.Files"] = [],
        [OutsideTheSolution] = ["AlignT2I.Native"],
        ["AlignT2I.Engine"] = ["AlignT2I.Native", "AlignT2I.Files", OutsideTheSolution],
        ["AlignT2I.Models"] = ["AlignT2I.Engine", "AlignT2I.Files"],
        ["AlignT2I.Feedback"] = ["AlignT2I.Files"],
        ["AlignT2I.Training"] = ["AlignT2I.Models", "AlignT2I.Feedback", .. engineAndBelow],
        ["AlignT2I.WeightsConverter"] = ["AlignT2I.Models", "AlignT2I.Engine", "AlignT2I.Files"],
        ["weights-converter"] = ["AlignT2I.WeightsConverter", CommandLine, .. trainingAndBelow],
        [CommandLine] = trainingAndBelow,
        ["align"] = [CommandLine, .. trainingAndBelow],
        ["train-reward"] = [CommandLine, .. trainingAndBelow],
        ["finetune"] = [CommandLine, .. trainingAndBelow],
        ["bench"] = [CommandLine, .. trainingAndBelow],
        ["feedback-server"] = ["AlignT2I.Feedback", "AlignT2I.Files"],
        [Testing] = ["AlignT2I.Models", .. engineAndBelow],
        ["AlignT2I.Training.Tests"] = ["AlignT2I.WeightsConverter", Testing, .. trainingAndBelow],     // reads adaptations back
        ["align.Tests"] = ["align", "train-reward", "finetune", "feedback-server", Testing, CommandLine, .. trainingAndBelow],
    };

    const int MostColumns = 139;

    static readonly string[] textFiles =
        [".cs", ".csproj", ".props", ".targets", ".sln", ".md", ".json", ".jsonl", ".yml", ".cu", ".cuh", ".html", ".css", ".js"];

    [Test]
    public void References_go_one_way()
    {
        string[] projects = [.. SourceFiles().Where(f => f.EndsWith(".csproj", StringComparison.Ordinal))];
        Assert.That(projects, Has.Length.GreaterThanOrEqualTo(15));
        foreach (string project in projects)
        {
            string name = Path.GetFileNameWithoutExtension(project);
            Assert.That(Allowed(name), Is.SupersetOf(References(project)), $"{name} refers to what it must not see");
        }
    }

    /// <summary>A test project sees what it tests, what that sees, and the common test code.</summary>
    static string[] Allowed(string project)
    {
        if (allowed.TryGetValue(project, out string[]? references))
            return references;
        Assert.That(project, Does.EndWith(".Tests"), "a new project: say here what it may refer to");
        string tested = project[..^".Tests".Length];
        return [tested, Testing, .. Allowed(tested)];
    }

    static IEnumerable<string> References(string project)
        => XDocument.Load(project).Descendants("ProjectReference")
            .Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value.Replace('\\', '/')));

    [Test]
    public void Every_project_is_in_the_solution()
    {
        string solution = File.ReadAllText(Path.Combine(Repository.Root, "AlignT2I.sln")).Replace('\\', '/');
        IEnumerable<string> projects = SourceFiles().Where(f => f.EndsWith(".csproj", StringComparison.Ordinal));
        foreach (string project in projects.Where(f => Path.GetFileNameWithoutExtension(f) != OutsideTheSolution))
            Assert.That(solution, Does.Contain(Path.GetRelativePath(Repository.Root, project).Replace('\\', '/')));
    }

    [Test]
    public void No_file_names_a_place_on_one_machine()
    {
        string[] places = [.. new[] { "work", "home", "root", "Users" }.Select(p => $"/{p}/")];
        int files = 0;
        foreach (string file in SourceFiles().Where(f => textFiles.Contains(Path.GetExtension(f)) || Path.GetExtension(f).Length == 0))
        {
            files++;
            int line = 0;
            foreach (string text in File.ReadLines(file))
            {
                line++;
                foreach (string place in places)
                {
                    Assert.That(text.Contains(place, StringComparison.Ordinal), Is.False,
                        $"{file}:{line} names {place}, which is not there on another machine");
                }
            }
        }
        Assert.That(files, Is.GreaterThan(50));
    }

    [Test]
    public void Lines_of_code_end_before_column_140()
    {
        IEnumerable<string> wide = SourceFiles().Where(f => f.EndsWith(".cs", StringComparison.Ordinal))
            .Select(f => Path.GetRelativePath(Repository.Root, f).Replace('\\', '/'))
            .SelectMany(f => File.ReadLines(Path.Combine(Repository.Root, f))
                .Select((text, i) => (Place: $"{f}:{i + 1}", Columns: text.Length)))
            .Where(line => line.Columns > MostColumns)
            .Select(line => $"{line.Place} has {line.Columns} columns");
        Assert.That(wide, Is.Empty, "wrap or, better, simplify these lines");
    }

    /// <summary>Every file that is not built, downloaded or produced by a run.</summary>
    static IEnumerable<string> SourceFiles() => SourceFiles(Repository.Root);

    static IEnumerable<string> SourceFiles(string folder)
    {
        foreach (string file in Directory.EnumerateFiles(folder))
            yield return file;
        foreach (string below in Directory.EnumerateDirectories(folder))
        {
            if (Path.GetFileName(below) is ".git" or ".vs" or ".idea" or "bin" or "obj" or "TestResults" or "runs" or "goldens")
                continue;
            foreach (string file in SourceFiles(below))
                yield return file;
        }
    }
}
