using System.Net;
using System.Text;
using AlignT2I.Feedback;
using AlignT2I.FeedbackServer.Exchange;
using AlignT2I.FeedbackServer.Hosting;
using AlignT2I.FeedbackServer.Studies;
using AlignT2I.Files;

namespace AlignT2I.FeedbackServer.Api;

/// <summary>Labels out and in as files, and into the run folder.</summary>
internal static class ExchangeApi
{
    const long MostUploadBytes = 64 << 20;

    static readonly Dictionary<string, (FeedbackFormat Format, string File)> formats = new()
    {
        ["jsonl"] = (FeedbackFormat.Jsonl, "feedback.jsonl"),
        ["csv"] = (FeedbackFormat.Csv, "feedback.csv"),
        ["label-studio"] = (FeedbackFormat.LabelStudio, "label-studio.json"),
    };

    public static void Map(IEndpointRouteBuilder routes, Desk desk, string runFolder)
    {
        routes.MapGet("/api/admin/export/{format}", context =>
        {
            context.Administrator();
            (FeedbackFormat format, string file) = Format(context);
            (FeedbackRecord[] labels, (string, string)[] images) = desk.Read(study => (study.Feedback(), study.ImageList()));
            context.Response.Headers.ContentDisposition = $"attachment; filename=\"{file}\"";
            context.Response.ContentType = "application/octet-stream";
            return context.Response.WriteAsync(FeedbackExchange.Write(format, labels, images), Encoding.UTF8);
        });
        routes.MapPost("/api/admin/import/{format}", async context =>
        {
            context.Administrator();
            (_, string file) = Format(context);
            IReadOnlyList<FeedbackRecord> records = await UploadAsync(context, Path.GetExtension(file));
            int added = await desk.ChangeAsync((study, now, journal) => study.Import(records, now, journal));
            await AdminApi.DoneAsync(context, $"{added} of {records.Count} labels were new and are stored.");
        });
        routes.MapPost("/api/admin/publish", async context =>
        {
            context.Administrator();
            string path = desk.Publish(runFolder, out int labels);
            await AdminApi.DoneAsync(
                context, $"{Printable.Count(labels, "label is", "labels are")} in {path}; train-reward reads them there.");
        });
    }

    /// <summary>Writes the labels that count into the run's feedback.jsonl.</summary>
    public static string Publish(this Desk desk, string runFolder, out int labels)
    {
        (FeedbackRecord[] records, HashSet<string> raters) = desk.Read(
            study => (study.Feedback(), study.People.All.Select(r => r.Name).ToHashSet()));
        labels = records.Length;
        return FeedbackExchange.Publish(runFolder, records, raters);
    }

    static (FeedbackFormat Format, string File) Format(HttpContext context) =>
        formats.TryGetValue((string)context.Request.RouteValues["format"]!, out (FeedbackFormat, string) format) ? format
            : throw new Refusal(HttpStatusCode.NotFound, $"The format is not one of {string.Join(", ", formats.Keys)}.");

    /// <summary>Reads an uploaded file, through a temporary one: the readers of files say which line is wrong.</summary>
    static async Task<IReadOnlyList<FeedbackRecord>> UploadAsync(HttpContext context, string extension)
    {
        Guard.AllowBody(context, MostUploadBytes);
        string path = Path.Combine(Path.GetTempPath(), $"upload-{Secret.NewKey()}{extension}");
        try
        {
            await using (FileStream stream = File.Create(path))
                await context.Request.Body.CopyToAsync(stream, context.RequestAborted);
            return FeedbackExchange.Read(path, mappingPath: null, DateTimeOffset.UtcNow);
        }
        catch (FileFormatException e)
        {
            throw new Refusal(HttpStatusCode.BadRequest, e.Message.Replace(path, "the file", StringComparison.Ordinal));
        }
        finally
        {
            File.Delete(path);
        }
    }
}
