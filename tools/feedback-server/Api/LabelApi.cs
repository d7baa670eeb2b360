using AlignT2I.Feedback;
using AlignT2I.FeedbackServer.Hosting;
using AlignT2I.FeedbackServer.Storage;
using AlignT2I.FeedbackServer.Studies;

namespace AlignT2I.FeedbackServer.Api;

/// <summary>Labelling: queries out, labels in.</summary>
internal static class LabelApi
{
    const int MostElapsedMs = 60 * 60 * 1000;

    public static void Map(IEndpointRouteBuilder routes, Desk desk, ImageFiles images)
    {
        routes.MapGet("/api/label", async context =>
        {
            RaterRow rater = context.Rater();
            LabelReply reply = await desk.ChangeAsync((study, now, journal) => Reply(study, rater, now, journal));
            await context.WriteAsync(reply, ApiJson.Default.LabelReply);
        });
        routes.MapPost("/api/label", async context =>
        {
            RaterRow rater = context.Rater();
            LabelRequest request = await context.ReadAsync(ApiJson.Default.LabelRequest);
            LabelReply reply = await desk.ChangeAsync((study, now, journal) =>
            {
                study.Labelling.Answer(rater, request.Query, request.Labels, Elapsed(request.ElapsedMs), now, journal);
                return Reply(study, rater, now, journal);
            });
            await context.WriteAsync(reply, ApiJson.Default.LabelReply);
        });
        routes.MapPost("/api/label/undo", async context =>
        {
            RaterRow rater = context.Rater();
            UndoRequest request = await context.ReadAsync(ApiJson.Default.UndoRequest);
            LabelReply reply = await desk.ChangeAsync((study, now, journal) =>
            {
                FeedbackLabel[]? before = study.Labelling.Undo(rater, request.Query, now, journal);
                return Reply(study, rater, now, journal) with { Before = before };
            });
            await context.WriteAsync(reply, ApiJson.Default.LabelReply);
        });
        routes.MapGet("/image/{key}/{number}", context =>
        {
            RaterRow rater = context.Rater();
            int number = context.RouteNumber("number");
            string key = (string)context.Request.RouteValues["key"]!;
            return images.WriteAsync(context, desk.Read(study => study.ImageOf(rater, key, number)));
        });
    }

    /// <summary>A time that a page measured, within reason.</summary>
    internal static int? Elapsed(int? elapsedMs) => elapsedMs is >= 0 and <= MostElapsedMs ? elapsedMs : null;

    /// <summary>Progress of a rater and of the study in one kind of work.</summary>
    internal static Progress ProgressOf(Study study, RaterRow rater, QueryKind kind, long judgements, long wanted) => new(
        study.Queries.Answered(rater.Id, kind), wanted == 0 ? 0 : (double)judgements / wanted,
        study.Queries.LastAnswered(rater.Id, kind)?.Row.Key);

    static LabelReply Reply(Study study, RaterRow rater, DateTimeOffset now, Journal journal)
    {
        study.Fill(rater, QueryKind.Label, now, journal);
        Schedule schedule = study.Labelling.Schedule;
        return new LabelReply(
            [.. study.Queries.Open(rater.Id, QueryKind.Label).Select(q => Show(study, q.Row))],
            ProgressOf(study, rater, QueryKind.Label, schedule.Judgements, schedule.Wanted),
            study.IsPaused || rater.Status == RaterStatus.Paused);
    }

    static LabelQuery Show(Study study, QueryRow row)
    {
        ImageRow[] images = study.Labelling.Images(row);
        return new LabelQuery(row.Key, images[0].Prompt, [.. images.Select((_, i) => $"/image/{row.Key}/{i}")]);
    }
}
