using System.Globalization;
using System.Text.RegularExpressions;
using AlignT2I.Feedback;
using AlignT2I.Training.Evaluation;
using AlignT2I.Training.Reports;

namespace AlignT2I.Training.Tests.Reports;

/// <summary>The page says what was measured, and where it says it nothing covers anything else.</summary>
internal sealed class HtmlReportTests
{
    static readonly ModelEvaluation model = new(0.5, 0.25, new AlignmentRates(0.5, 0.5, null, null, 0.5, 0.5, 0.5), 8);

    static readonly EvaluationResult result = new(0, 1, 1 << 20, null, null, new ModelEvaluations(model, model, null))
    {
        Rater = "simulated rater",
    };

    static string Page(EvaluationResult of) => HtmlReport.Page(new ReportContent(of) { LabelsAreSimulated = true });

    [Test]
    public void A_category_without_a_judged_image_has_no_bar()
    {
        string chart = Between(Page(result), "aria-label=\"Alignment by category", "</svg>");
        Assert.That(Regex.Matches(chart, "<path ").Count, Is.EqualTo(3 * 2), "colour, background and combination of two models");
        using var folder = new TestFolder();
        result.Write(folder["report.json"]);
        Assert.That(EvaluationResult.Read(folder["report.json"]), Is.EqualTo(result));
    }

    [Test]
    public void A_page_with_votes_of_people_does_not_say_that_no_person_was_asked()
    {
        QuestionFigures figures = QuestionFigures.Of(1, [[Preference.First]]);
        EvaluationResult withVotes = result with { HumanEvaluation = [new("a", "b", 1, 1, 1, figures, figures)] };
        Assert.That(Page(result), Does.Contain("No person was asked."));
        Assert.That(Page(withVotes), Does.Contain("No person gave a label.").And.Not.Contain("was asked"));
    }

    [TestCase(10)]
    [TestCase(4)]
    public void The_numbers_of_bars_side_by_side_do_not_touch(int groups)
    {
        double?[] shares = [.. Enumerable.Repeat((double?)1, groups)];
        string[] names = [.. shares.Select((_, i) => $"{i}")];
        string chart = new BarChart("all", names, [("a", "m-full", shares), ("b", "m-human", shares)]).ToHtml();
        (double X, double Width)[] values =
        [
            .. Regex.Matches(chart, """class="value( narrow)?" x="([0-9.]+)" y="[^"]*">(\d+)<""").Select(m =>
                (double.Parse(m.Groups[2].Value, CultureInfo.InvariantCulture), m.Groups[3].Length * (m.Groups[1].Success ? 5.5 : 7))),
        ];
        Assert.That(values, Has.Length.EqualTo(2 * groups));
        foreach (((double x, double width), (double next, double nextWidth)) in values.Zip(values.Skip(1)))
            Assert.That(next - x, Is.GreaterThanOrEqualTo((width + nextWidth) / 2), "digits are at most 0.64 of the size of the letters");
    }

    [Test]
    public void Marks_of_an_axis_differ_however_small_the_values_are()
    {
        string chart = new LineChart("loss", "update", [new ReportCurve("loss", "m-full", [(0, 0.00004), (1, 0.00001)])]).ToHtml();
        string[] marks = [.. Regex.Matches(chart, """class="axis end"[^>]*>([^<]+)<""").Select(m => m.Groups[1].Value)];
        Assert.That(marks, Is.Unique.And.Length.GreaterThan(3));
    }

    static string Between(string text, string start, string end)
    {
        int from = text.IndexOf(start, StringComparison.Ordinal);
        Assert.That(from, Is.GreaterThanOrEqualTo(0), start);
        return text[from..text.IndexOf(end, from, StringComparison.Ordinal)];
    }
}
