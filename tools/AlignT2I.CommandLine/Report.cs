using System.Text.Json.Nodes;
using Spectre.Console;

namespace AlignT2I.CommandLine;

/// <summary>What a command says before and after its work: for people on the terminal, or as JSON for programs.</summary>
/// <param name="json">Whether the result is JSON; everything else then goes to standard error.</param>
/// <param name="silent">Whether nothing is said: another process of the same work says it.</param>
public sealed class Report(bool json, bool silent = false)
{
    /// <summary>Whether the result is JSON.</summary>
    public bool IsJson => json;

    /// <summary>Where plan, progress and tables go.</summary>
    public TextWriter Out => silent ? TextWriter.Null : json ? Console.Error : Console.Out;

    /// <summary>Prints what is going to be done, before it is.</summary>
    /// <param name="title">The work.</param>
    /// <param name="rows">Name and value of each figure.</param>
    public void Plan(string title, params (string Name, string Value)[] rows)
    {
        int width = rows.Max(r => r.Name.Length);
        Out.WriteLine(title);
        foreach ((string name, string value) in rows)
            Out.WriteLine($"  {name.PadRight(width)}  {value}");
        Out.WriteLine();
    }

    /// <summary>Prints what a person should know although the work goes on, on standard error.</summary>
    /// <param name="sentence">What it is.</param>
    public void Warn(string sentence)
    {
        if (!silent)
            Console.Error.WriteLine($"warning: {sentence}");
    }

    /// <summary>Prints a table.</summary>
    /// <param name="title">What it shows.</param>
    /// <param name="columns">The columns' names.</param>
    /// <param name="rows">The cells as text.</param>
    public void Table(string title, IReadOnlyList<string> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        bool terminal = json ? !Console.IsErrorRedirected : !Console.IsOutputRedirected;
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(Out),
            Ansi = terminal ? AnsiSupport.Detect : AnsiSupport.No,
        });
        if (!terminal)
            console.Profile.Width = 160;        // a pipe has no width; the tables fit into this
        IReadOnlyList<string>[] lines = [columns, .. rows];
        int[] widths = TableWidths.Fit(lines, console.Profile.Width);
        console.Profile.Width = Math.Max(console.Profile.Width, TableWidths.Total(widths));
        var table = new Table().Border(TableBorder.Rounded).Title(Markup.Escape(title));
        for (int i = 0; i < columns.Count; i++)
        {
            Justify alignment = i == 0 ? Justify.Left : Justify.Right;
            table.AddColumn(new TableColumn(Markup.Escape(columns[i])) { Alignment = alignment, Width = widths[i] });
        }
        foreach (IReadOnlyList<string> row in lines[1..])
            table.AddRow([.. row.Select(Markup.Escape)]);
        console.Write(table);
        console.WriteLine();
    }

    /// <summary>Prints the result: JSON where that was asked for, otherwise the sentence.</summary>
    /// <param name="sentence">For people.</param>
    /// <param name="result">For programs.</param>
    public void Result(string sentence, params (string Name, JsonNode? Value)[] result)
    {
        if (silent)
            return;
        if (json)
            Console.Out.WriteLine(new JsonObject(result.Select(r => KeyValuePair.Create(r.Name, r.Value))).ToJsonString());
        else
            Console.Out.WriteLine(sentence);
    }
}
