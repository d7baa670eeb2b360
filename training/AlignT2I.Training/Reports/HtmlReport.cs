using AlignT2I.Files;
using AlignT2I.Training.Evaluation;

namespace AlignT2I.Training.Reports;

/// <summary>Writes the report: one HTML file that needs no other, with the tables and figures of Lee et al. 2023 for the miniature world.</summary>
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
        <title>Aligning a miniature text-to-image model</title>
        <style>
        {Style()}
        </style>
        </head>
        <body>
        <main>
        {Head(content.Result)}
        {FeedbackSection.Html(content)}
        {RewardSection.Html(content)}
        {SamplesSection.Html(content)}
        {ModelsSection.Html(content)}
        {SettingsSection.Html(content)}
        </main>
        </body>
        </html>

        """;

    static string Head(EvaluationResult result)
    {
        ModelEvaluation original = result.Models.Original, full = result.Models.Full;
        return $"""
            <header>
            <p class="kicker">AlignT2I · the paper in miniature · seed {result.Seed}</p>
            <h1>Aligning a text-to-image model using feedback</h1>
            <p class="lead">The three stages of <cite>Aligning Text-to-Image Models using Human Feedback</cite> (Lee et al., 2023) on a small
            latent diffusion model that draws coloured shapes of 64 × 64 pixels: collect labels, learn a reward, fine-tune the model with it.</p>
            <p class="notice"><strong>No person was asked.</strong> Every label, and every “alignment” on this page, comes from a
            <strong>simulated rater</strong>: a program that counts and recognises the shapes in the pixels.</p>
            <ul class="tiles">
            {Tile(Html.Percent(full.Alignment.Overall), "of the fine-tuned model’s images show their prompt, says the simulated rater",
                $"original model {Html.Percent(original.Alignment.Overall)}")}
            {Tile(Html.Number(full.AverageReward, 2), "average reward after fine-tuning", $"original model {Html.Number(original.AverageReward, 2)}")}
            {Tile(Html.Percent(result.RewardAccuracy.Reward.Unseen), "of pairs ordered by the reward as by the simulated rater, on unseen prompts",
                $"CLIP score {Html.Percent(result.RewardAccuracy.ClipScore.Unseen)}")}
            {Tile(Html.Number(full.FrechetDistance, 3), "Fréchet distance after fine-tuning; lower is better", $"original model {Html.Number(original.FrechetDistance, 3)}")}
            </ul>
            </header>
            """;
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
