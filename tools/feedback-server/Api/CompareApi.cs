using AlignT2I.FeedbackServer.Storage;
using AlignT2I.FeedbackServer.Studies;

namespace AlignT2I.FeedbackServer.Api;

/// <summary>Human evaluation: pairs out, votes in.</summary>
internal static class CompareApi
{
    public static void Map(IEndpointRouteBuilder routes, Desk desk)
    {
        routes.MapGet("/api/compare", async context =>
        {
            RaterRow rater = context.Rater();
            CompareReply reply = await desk.ChangeAsync((study, now, journal) => Reply(study, rater, now, journal));
            await context.WriteAsync(reply, ApiJson.Default.CompareReply);
        });
        routes.MapPost("/api/compare", async context =>
        {
            RaterRow rater = context.Rater();
            VoteRequest request = await context.ReadAsync(ApiJson.Default.VoteRequest);
            CompareReply reply = await desk.ChangeAsync((study, now, journal) =>
            {
                study.Comparing.Answer(
                    rater, request.Query, request.Alignment, request.Fidelity, LabelApi.Elapsed(request.ElapsedMs), now, journal);
                return Reply(study, rater, now, journal);
            });
            await context.WriteAsync(reply, ApiJson.Default.CompareReply);
        });
        routes.MapPost("/api/compare/undo", async context =>
        {
            RaterRow rater = context.Rater();
            UndoRequest request = await context.ReadAsync(ApiJson.Default.UndoRequest);
            CompareReply reply = await desk.ChangeAsync((study, now, journal) =>
            {
                study.Comparing.Undo(rater, request.Query, now, journal);
                return Reply(study, rater, now, journal);
            });
            await context.WriteAsync(reply, ApiJson.Default.CompareReply);
        });
    }

    static CompareReply Reply(Study study, RaterRow rater, DateTimeOffset now, Journal journal)
    {
        study.Fill(rater, QueryKind.Compare, now, journal);
        Schedule[] schedules = [.. study.Comparing.Comparisons.Where(c => c.IsOpen).Select(c => study.Comparing.ScheduleOf(c.Id))];
        return new CompareReply(
            [.. study.Queries.Open(rater.Id, QueryKind.Compare).Select(q => Show(study, q.Row))],
            LabelApi.ProgressOf(study, rater, QueryKind.Compare, schedules.Sum(s => s.Judgements), schedules.Sum(s => s.Wanted)),
            study.IsPaused || rater.Status == RaterStatus.Paused);
    }

    static CompareQuery Show(Study study, QueryRow row)
    {
        (string[] left, string[] right) = study.Comparing.Sides(row);
        return new CompareQuery(
            row.Key, study.Comparing.Pair(row).Prompt,
            [.. left.Select((_, i) => $"/image/{row.Key}/{i}")], [.. right.Select((_, i) => $"/image/{row.Key}/{left.Length + i}")]);
    }
}
