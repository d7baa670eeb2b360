using AlignT2I.Files;
using AlignT2I.Training.Evaluation;

namespace AlignT2I.Training.Reports;

/// <summary>Writes the report: one HTML file that needs no other, with the tables and figures of Lee et al. 2023.</summary>
public static class HtmlReport
{
    /// <summary>Writes index.html into a folder; it appears whole.</summary>
    /// <param name="folder">The folder, which exists.</param>
    /// <param name="content">What to show.</param>
    /// <returns>The file.</returns>
    /// <exception cref="StorageException">It cannot be written.</exception>
    public static string Write(string folder, ReportContent content)
    {
        string path = Path.Combine(folder, "index.html");
        AtomicFile.WriteAllText(path, Page(content));
        return path;
    }

    internal static string Page(ReportContent content) => $"""
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>Aligning a {(content.IsMiniature ? "miniature " : "")}text-to-image model</title>
        <style>
        {Style()}
        </style>
        </head>
        <body>
        <main>
        {Head(content)}
        {FeedbackSection.Html(content)}
        {RewardSection.Html(content)}
        {SamplesSection.Html(content)}
        {ModelsSection.Html(content)}
        {HumanSection.Html(content)}
        {SettingsSection.Html(content)}
        </main>
        </body>
        </html>

        """;

    static string Head(ReportContent content)
    {
        EvaluationResult result = content.Result;
        (string kicker, string model) = content.IsMiniature
            ? ("the paper in miniature", "a small latent diffusion model that draws coloured shapes of 64 × 64 pixels")
            : ("the paper’s tables and figures", "a text-to-image model");
        return $"""
            <header>
            <p class="kicker">AlignT2I · {kicker} · seed {result.Seed}</p>
            <h1>Aligning a text-to-image model using feedback</h1>
            <p class="lead">The three stages of <cite>Aligning Text-to-Image Models using Human Feedback</cite> (Lee et al., 2023)
            on {model}: collect labels, learn a reward, fine-tune the model with it.</p>
            {Notice(content)}
            <ul class="tiles">
            {string.Join('\n', Tiles(content))}
            </ul>
            </header>
            """;
    }

    static string Notice(ReportContent content)
    {
        string done = content.Result.HumanEvaluation is { Count: > 0 } ? "gave a label" : "was asked";
        return !content.IsMiniature || content.Rater != "simulated rater" || !content.LabelsAreSimulated ? "" : $"""
            <p class="notice"><strong>No person {done}.</strong> Every label, and every “alignment” on this page, comes from a
            <strong>simulated rater</strong>: a program that counts and recognises the shapes in the pixels.</p>
            """;
    }

    /// <summary>The figures that matter most, as far as there are any: after fine-tuning, and of the original model.</summary>
    static IEnumerable<string> Tiles(ReportContent content)
    {
        ModelEvaluation original = content.Result.Models.Original;
        ModelEvaluation tuned = content.Result.Models.Full ?? original;
        string after = tuned == original ? "of the original model" : "after fine-tuning";
        string Before(string figure) => tuned == original ? "" : $"original model {figure}";
        if (tuned.Alignment is { } alignment)
        {
            yield return Tile(Html.Percent(alignment.Overall), $"of the images show their prompt {after}, by the {content.Rater}",
                original.Alignment is { } before ? Before(Html.Percent(before.Overall)) : "");
        }
        if (tuned.AverageReward is double reward)
            yield return Tile(Html.Number(reward, 2), $"average reward {after}", Before(Html.Number(original.AverageReward, 2)));
        if (content.Result.RewardAccuracy is { Reward: { UnseenPairs: > 0 } pairs, ClipScore: { } score })
        {
            yield return Tile(Html.Percent(pairs.Unseen), $"of pairs ordered by the reward as by the {content.Rater}, on unseen prompts",
                $"CLIP score {Html.Percent(score.Unseen)}");
        }
        if (tuned.Fid is double fid)
        {
            yield return Tile(
                Html.Number(fid, 2), $"Fréchet Inception distance {after}; lower is better", Before(Html.Number(original.Fid, 2)));
        }
        else if (tuned.FrechetDistance is double distance)
        {
            yield return Tile(
                Html.Number(distance, 3), $"Fréchet distance {after}; lower is better",
                Before(Html.Number(original.FrechetDistance, 3)));
        }
    }

    static string Tile(string figure, string what, string before) =>
        $"<li><b>{figure}</b><span>{what}</span><small>{before}</small></li>";

    static string Style()
    {
        using Stream stream = typeof(HtmlReport).Assembly.GetManifestResourceStream("report.css")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().TrimEnd();
    }
}
