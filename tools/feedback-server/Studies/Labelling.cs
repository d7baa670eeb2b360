using System.Globalization;
using System.Net;
using AlignT2I.Feedback;
using AlignT2I.FeedbackServer.Storage;

namespace AlignT2I.FeedbackServer.Studies;

/// <summary>Labels of single images: up to three of one prompt at a time, each good, bad or skip (Lee et al. 2023, section 3.1).</summary>
internal sealed class Labelling(Gallery gallery, People people, QueryBook queries, StudyOptions options)
{
    const int ImagesPerQuery = 3;

    readonly Schedule schedule = new(options.RatersPerImage);
    readonly Dictionary<int, int> itemOfImage = [];
    readonly Dictionary<int, int[]> imagesOfItem = [];
    readonly Dictionary<(int Rater, int Image), LabelRow> labels = [];
    long lastId;

    public Schedule Schedule => schedule;

    /// <summary>The labels that count for their raters: what was undone is not among them. In the order in which they were
    /// given.</summary>
    public IEnumerable<LabelRow> Labels => labels.Values.OrderBy(l => l.Id);

    /// <summary>Makes work of images that belong to one prompt.</summary>
    public void AddWork(IReadOnlyList<ImageRow> imagesOfPrompt)
    {
        foreach (ImageRow[] shown in imagesOfPrompt.Chunk(ImagesPerQuery))
        {
            var item = new WorkItem(shown[0].Id);
            imagesOfItem.Add(item.Id, [.. shown.Select(i => i.Id)]);
            foreach (ImageRow image in shown)
                itemOfImage.Add(image.Id, item.Id);
            Recount(item);
            schedule.Add(item);
        }
    }

    /// <summary>Takes a stored row in; to be called in the order of ids, before <see cref="AddWork"/>.</summary>
    public void Restore(LabelRow row)
    {
        lastId = Math.Max(lastId, row.Id);
        if (row.IsUndo)
            labels.Remove((row.RaterId, row.ImageId));
        else
            labels[(row.RaterId, row.ImageId)] = row;
    }

    /// <summary>The work of a stored query; null where its images are no longer in the run.</summary>
    public WorkItem? WorkOf(QueryRow row) => itemOfImage.TryGetValue(ImageIds(row)[0], out int item) ? schedule.Find(item) : null;

    /// <summary>The images of a query in the order shown.</summary>
    public ImageRow[] Images(QueryRow row) => [.. ImageIds(row).Select(id => gallery[id])];

    /// <summary>What a rater said about an image; null where nothing counts.</summary>
    public FeedbackLabel? LabelOf(int rater, int image) => labels.TryGetValue((rater, image), out LabelRow? row) ? row.Label : null;

    /// <summary>Leases work to a rater until a query is shown and another waits behind it.</summary>
    public void Fill(RaterRow rater, DateTimeOffset now, Journal journal)
    {
        while (queries.Open(rater.Id, QueryKind.Label).Count < 2 && Next(rater.Id) is { } item)
        {
            string subject = string.Join(' ', imagesOfItem[item.Id]);
            queries.Issue(rater.Id, QueryKind.Label, schedule, item, subject, swapped: false, now, first: false, journal);
        }
    }

    /// <summary>Stores a rater's answer. The same answer sent again changes nothing.</summary>
    /// <exception cref="Refusal">It is no answer to a query of this rater, or comes too late.</exception>
    public void Answer(
        RaterRow rater, string key, IReadOnlyList<FeedbackLabel> answer, int? elapsedMs, DateTimeOffset now, Journal journal)
    {
        Query query = queries.Find(rater.Id, QueryKind.Label, key);
        int[] images = ImageIds(query.Row);
        if (answer.Count != images.Length)
            throw new Refusal(HttpStatusCode.BadRequest, $"{answer.Count} labels for {images.Length} images; every image needs one.");
        if (query.Row.State == QueryState.Answered)
        {
            if (!images.Select(i => LabelOf(rater.Id, i)).SequenceEqual(answer.Select(l => (FeedbackLabel?)l)))
                throw new Refusal(HttpStatusCode.Conflict,
                    "This query is answered already; go back to it with Undo to change the answer.");
            return;
        }
        queries.Answer(query, now, elapsedMs, people.Counts(rater.Id), journal);
        for (int i = 0; i < images.Length; i++)
            Restore(journal.Add(NewRow(query.Row.Id, rater.Id, images[i], answer[i], isUndo: false, now)));
    }

    /// <summary>Takes a rater's last answer back and asks the same again.</summary>
    /// <param name="key">The query that was answered; where it is undone already, nothing happens.</param>
    /// <returns>The labels that were taken back; null where there was nothing to do.</returns>
    /// <exception cref="Refusal">It is not the last answer of this rater.</exception>
    public FeedbackLabel[]? Undo(RaterRow rater, string key, DateTimeOffset now, Journal journal)
    {
        Query query = queries.Find(rater.Id, QueryKind.Label, key);
        if (query.Row.State == QueryState.Undone)
            return null;
        if (queries.LastAnswered(rater.Id, QueryKind.Label) != query)
            throw new Refusal(HttpStatusCode.Conflict, "Only the last answer can be undone; reload the page.");
        FeedbackLabel[] before = [.. ImageIds(query.Row).Select(i => labels[(rater.Id, i)].Label)];
        foreach (int image in ImageIds(query.Row))
            Restore(journal.Add(NewRow(query.Row.Id, rater.Id, image, labels[(rater.Id, image)].Label, isUndo: true, now)));
        queries.Undo(query, now, people.Counts(rater.Id), journal);
        return before;
    }

    /// <summary>Adds a label that was given elsewhere; one that is there already is not added again.</summary>
    /// <returns>Whether it was new.</returns>
    public bool Import(RaterRow rater, ImageRow image, FeedbackLabel label, DateTimeOffset time, Journal journal)
    {
        if (LabelOf(rater.Id, image.Id) == label)
            return false;
        Restore(journal.Add(NewRow(null, rater.Id, image.Id, label, isUndo: false, time)));
        if (itemOfImage.TryGetValue(image.Id, out int item))
            schedule.Change(schedule.Find(item)!, Recount);
        return true;
    }

    /// <summary>Counts judgements again after a rater was excluded or taken back.</summary>
    public void Recount()
    {
        foreach (WorkItem item in schedule.Items.ToArray())
            schedule.Change(item, Recount);
    }

    WorkItem? Next(int rater)
    {
        int number = queries.Answered(rater, QueryKind.Label) + queries.Open(rater, QueryKind.Label).Count + 1;
        WorkItem? gold = number % options.GoldInterval != 0 ? null
            : schedule.Items.FirstOrDefault(i => imagesOfItem[i.Id].Any(id => gallery[id].Gold is not null) && Schedule.IsNew(i, rater));
        return gold ?? schedule.Next(rater);
    }

    void Recount(WorkItem item)
    {
        item.Judges.Clear();
        foreach (RaterRow rater in people.All)
        {
            if (imagesOfItem[item.Id].Any(image => labels.ContainsKey((rater.Id, image))))
                item.Judges.Add(rater.Id);
        }
        item.Done = item.Judges.Count(people.Counts);
    }

    LabelRow NewRow(long? query, int rater, int image, FeedbackLabel label, bool isUndo, DateTimeOffset time) =>
        new() { Id = lastId + 1, QueryId = query, RaterId = rater, ImageId = image, Label = label, IsUndo = isUndo, Time = time };

    static int[] ImageIds(QueryRow row) => [.. row.Subject.Split(' ').Select(id => int.Parse(id, CultureInfo.InvariantCulture))];
}
