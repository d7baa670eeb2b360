using System.Net;
using AlignT2I.Feedback;
using AlignT2I.FeedbackServer.Storage;
using AlignT2I.Files;

namespace AlignT2I.FeedbackServer.Studies;

/// <summary>All that a study knows, in memory. What changes goes through a <see cref="Journal"/> into the database.</summary>
internal sealed class Study
{
    const string Paused = "paused", InstructionsSetting = "instructions";

    readonly StudyOptions options;
    readonly Dictionary<string, SettingRow> settings = [];

    Study(StudyOptions options)
    {
        this.options = options;
        Queries = new QueryBook(options.Lease);
        Labelling = new Labelling(Gallery, People, Queries, options);
        Comparing = new Comparing(People, Queries);
    }

    public StudyOptions Options => options;

    public People People { get; } = new();

    public Gallery Gallery { get; } = new();

    public QueryBook Queries { get; }

    public Labelling Labelling { get; }

    public Comparing Comparing { get; }

    /// <summary>Whether nobody gets new queries.</summary>
    public bool IsPaused => settings.GetValueOrDefault(Paused)?.Value == "yes";

    /// <summary>The instructions, as an administrator wrote them.</summary>
    public string Instructions => settings.GetValueOrDefault(InstructionsSetting)?.Value ?? Hosting.Assets.Text("instructions.txt");

    /// <summary>Reads a study from its database and takes in the images that the run folder has by now.</summary>
    public static Study Load(StudyContext context, RunImages run, StudyOptions options, DateTimeOffset now, Journal journal)
    {
        var study = new Study(options);
        foreach (SettingRow setting in context.Settings)
            study.settings.Add(setting.Name, setting);
        foreach (RaterRow rater in context.Raters)
            study.People.Restore(rater);
        foreach (ImageRow image in context.Images)
            study.Gallery.Restore(image);
        foreach (LabelRow label in context.Labels.OrderBy(l => l.Id))
            study.Labelling.Restore(label);
        foreach (VoteRow vote in context.Votes.OrderBy(v => v.Id))
            study.Comparing.Restore(vote);
        ILookup<int, PairRow> pairs = context.Pairs.OrderBy(p => p.Id).ToLookup(p => p.ComparisonId);
        foreach (ComparisonRow comparison in context.Comparisons)
            study.Comparing.Restore(comparison, pairs[comparison.Id]);
        study.AddImages(run, journal);
        // In the order of the answers, which the clock does not tell where it was set back.
        Dictionary<long, long> answers = [];
        foreach (LabelRow label in context.Labels.Where(l => l.QueryId != null && !l.IsUndo))
            answers[label.QueryId!.Value] = label.Id;
        foreach (VoteRow vote in context.Votes.Where(v => !v.IsUndo))
            answers[vote.QueryId] = vote.Id;
        foreach (QueryRow row in context.Queries.AsEnumerable().OrderBy(q => answers.GetValueOrDefault(q.Id)).ThenBy(q => q.Id))
            study.RestoreQuery(row, now);
        return study;
    }

    /// <summary>Changes whether a rater gets work and whether the labels count.</summary>
    public void SetStatus(RaterRow rater, RaterStatus status, Journal journal)
    {
        if (rater.IsAdministrator && status == RaterStatus.Excluded)
            throw new Refusal(HttpStatusCode.BadRequest, "An administrator cannot be excluded.");
        rater.Status = status;
        journal.Change(rater);
        if (status != RaterStatus.Active)
            Queries.TakeBack(rater.Id, journal);
        Labelling.Recount();
        Comparing.Recount();
    }

    public void SetPaused(bool paused, Journal journal) => Set(Paused, paused ? "yes" : "no", journal);

    public void SetInstructions(string text, Journal journal) => Set(InstructionsSetting, text, journal);

    /// <summary>Leases work of a kind to a rater who may have some.</summary>
    public void Fill(RaterRow rater, QueryKind kind, DateTimeOffset now, Journal journal)
    {
        Queries.Renew(rater.Id, now);
        if (IsPaused || rater.Status != RaterStatus.Active)
            return;
        if (kind == QueryKind.Label)
            Labelling.Fill(rater, now, journal);
        else
            Comparing.Fill(rater, now, journal);
    }

    /// <summary>The file of an image that was leased to a rater, by the key of the query and its number there.</summary>
    /// <exception cref="Refusal">It was not leased to this rater.</exception>
    public string ImageOf(RaterRow rater, string key, int number)
    {
        string[] files = Queries.Find(rater.Id, key) switch
        {
            { Row: { Kind: QueryKind.Label } row } => [.. Labelling.Images(row).Select(i => i.File)],
            { Row: var row } => [.. Comparing.Sides(row).Left, .. Comparing.Sides(row).Right],
        };
        return number < files.Length ? files[number] : throw new Refusal(HttpStatusCode.NotFound, "The query has no such image.");
    }

    /// <summary>Adds labels given elsewhere.</summary>
    /// <returns>How many were new.</returns>
    /// <exception cref="UsageException">An image has two prompts, or a rater's name cannot be stored: nothing is added.</exception>
    public int Import(IReadOnlyList<FeedbackRecord> records, DateTimeOffset now, Journal journal)
    {
        Dictionary<string, string> prompts = [];
        foreach (FeedbackRecord record in records)
        {
            Gallery.Check(record.Image, record.Prompt);
            People.Check(record.Rater);
            if (!prompts.TryAdd(record.Image, record.Prompt) && prompts[record.Image] != record.Prompt)
            {
                throw new UsageException($"{record.Image} comes with the prompt '{prompts[record.Image]}' and with '{record.Prompt}'; "
                    + "an image has one prompt.");
            }
        }
        int added = 0;
        foreach (FeedbackRecord record in records)
        {
            RaterRow rater = People.Named(record.Rater, now, journal);
            ImageRow image = Gallery.Named(record.Image, record.Prompt, category: null, journal);
            if (Labelling.Import(rater, image, record.Label, record.Time.ToUniversalTime(), journal))
                added++;
        }
        return added;
    }

    /// <summary>The labels that count, as feedback.jsonl has them.</summary>
    public FeedbackRecord[] Feedback() =>
    [
        .. Labelling.Labels.Where(l => People.Counts(l.RaterId)).Select(l =>
        {
            ImageRow image = Gallery[l.ImageId];
            return new FeedbackRecord(image.File, image.Prompt, People[l.RaterId].Name, l.Label, l.Time);
        }),
    ];

    /// <summary>File and prompt of every image.</summary>
    public (string File, string Prompt)[] ImageList() => [.. Gallery.All.Select(i => (i.File, i.Prompt))];

    void AddImages(RunImages run, Journal journal)
    {
        foreach (IGrouping<string, ImageRecord> prompt in run.Images.GroupBy(i => i.PromptId))
        {
            string category = run.Categories.GetValueOrDefault(prompt.Key, "");
            Labelling.AddWork([.. prompt.Select(i => Gallery.Named(i.File, i.Text, category, journal))]);
        }
    }

    void RestoreQuery(QueryRow row, DateTimeOffset now)
    {
        if (row.Kind == QueryKind.Compare)
        {
            (Schedule schedule, WorkItem item) = Comparing.WorkOf(row);
            Queries.Restore(new Query(row, schedule, item), now);
        }
        else if (Labelling.WorkOf(row) is { } item)
        {
            Queries.Restore(new Query(row, Labelling.Schedule, item), now);
        }
    }

    void Set(string name, string value, Journal journal)
    {
        if (settings.TryGetValue(name, out SettingRow? row))
        {
            row.Value = value;
            journal.Change(row);
        }
        else
        {
            settings.Add(name, journal.Add(new SettingRow { Name = name, Value = value }));
        }
    }
}
