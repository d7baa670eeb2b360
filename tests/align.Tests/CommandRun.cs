using System.CommandLine;
using System.Text.Json;
using AlignT2I.CommandLine;

namespace AlignT2I.Align.Tests;

/// <summary>A command line run within the test's process, with what it printed.</summary>
internal sealed partial record CommandRun(int ExitCode, string Output, string Error)
{
    /// <summary>The JSON on standard output.</summary>
    public JsonElement Json
    {
        get
        {
            using JsonDocument document = JsonDocument.Parse(Output);
            return document.RootElement.Clone();
        }
    }

    /// <summary>The command succeeded.</summary>
    public CommandRun Succeeded()
    {
        Assert.That(ExitCode, Is.Zero, Error);
        return this;
    }

    /// <summary>The command failed with this exit code and one sentence, which has these words, and no stack trace.</summary>
    public void Failed(int exitCode, params string[] words)
    {
        Assert.Multiple(() =>
        {
            Assert.That(ExitCode, Is.EqualTo(exitCode), Error);
            Assert.That(Error, Does.Not.Contain("   at "));
            Assert.That(Error.Trim().Split('\n'), Has.Length.EqualTo(1));
            foreach (string word in words)
                Assert.That(Error, Does.Contain(word));
        });
    }

    /// <summary>The command line was refused with these words.</summary>
    public void MisreadAs(string words)
    {
        Assert.That(ExitCode, Is.EqualTo(2), Error);
        Assert.That(Error, Does.Contain(words).And.Not.Contain("   at "));
    }

    static CommandRun Run(RootCommand root, string[] arguments)
    {
        TextWriter output = Console.Out, error = Console.Error;
        using StringWriter written = new(), errors = new();
        Console.SetOut(written);
        Console.SetError(errors);
        try
        {
            int exitCode = Shell.Run(root, arguments);
            return new CommandRun(exitCode, written.ToString(), errors.ToString());
        }
        finally
        {
            Console.SetOut(output);
            Console.SetError(error);
        }
    }
}
