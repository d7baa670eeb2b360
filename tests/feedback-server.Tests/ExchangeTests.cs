using System.Net;
using System.Text;
using AlignT2I.Feedback;
using AlignT2I.FeedbackServer.Api;
using AlignT2I.FeedbackServer.Exchange;
using AlignT2I.FeedbackServer.Studies;
using AlignT2I.Files;
using AlignT2I.Files.Tests;

namespace AlignT2I.FeedbackServer.Tests;

/// <summary>Labels out and in as files.</summary>
internal sealed class ExchangeTests
{
    static readonly DateTimeOffset time = new(2026, 3, 1, 12, 0, 0, 250, TimeSpan.Zero);

    static readonly FeedbackRecord[] labels =
    [
        new("images/1.png", "Three \"red\" stars,\non the moon", "anna", FeedbackLabel.Good, time),
        new("images/1.png", "Three \"red\" stars,\non the moon", "ben, the second", FeedbackLabel.Bad, time.AddSeconds(1)),
        new("images/2.png", "Ein grüner Würfel — 緑", "anna", FeedbackLabel.Skip, time.AddSeconds(2)),
    ];

    static readonly (string, string)[] images = [("images/1.png", labels[0].Prompt), ("images/2.png", labels[2].Prompt),
        ("images/3.png", "No label yet")];

    [TestCase(FeedbackFormat.Jsonl, ".jsonl")]
    [TestCase(FeedbackFormat.Csv, ".csv")]
    [TestCase(FeedbackFormat.LabelStudio, ".json")]
    public void What_goes_out_comes_in(FeedbackFormat format, string extension)
    {
        using var folder = new TempFolder();
        string path = folder.With($"labels{extension}", FeedbackExchange.Write(format, labels, images));
        Assert.That(FeedbackExchange.Read(path, null, time), Is.EqualTo(labels));
    }

    [Test]
    public void A_file_that_is_cut_off_is_named_and_nothing_of_it_is_taken()
    {
        using var folder = new TempFolder();
        string path = folder.With("labels.jsonl", FeedbackExchange.Write(FeedbackFormat.Jsonl, labels, images)[..^20]);
        Assert.That(() => FeedbackExchange.Read(path, null, time),
            Throws.TypeOf<FileFormatException>().With.Message.StartsWith($"{path}:3: "));
    }

    [TestCase("image,prompt,rater,label,time\nimages/a.png,one,ben,good,2026-03-01T12:00:00Z\n"
        + "images/a.png,another,ben,good,2026-03-01T12:00:00Z\n", "csv", "an image has one prompt")]
    [TestCase("image,prompt,rater,label,time\nimages/a.png,one,ben,good,2026-03-01T12:00:00Z\n"
        + "images/b.png,o\0ne,ben,good,2026-03-01T12:00:00Z\n", "csv", "NUL")]
    [TestCase("image,prompt,rater,label,time\nimages/a.png,one,ben,good,2026-03-01T12:00:00Z\n"
        + "images/\0.png,one,ben,good,2026-03-01T12:00:00Z\n", "csv", "NUL")]
    public async Task Of_labels_that_cannot_all_be_stored_none_is(string content, string format, string problem)
    {
        using StudyFolder folder = new(prompts: 1), other = new(prompts: 1);
        await using TestServer sqlite = await TestServer.StartAsync(folder), postgres = await TestServer.StartAsync(other, Store.Postgres);
        foreach (TestServer server in new[] { sqlite, postgres })
        {
            using Rater admin = await server.InviteAsync("admin", administrator: true);
            using HttpResponseMessage import = await admin.Client.PostAsync($"/api/admin/import/{format}", new StringContent(content));
            Assert.That(import.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
            Assert.That(await import.Content.ReadAsStringAsync(), Does.Contain(problem));
            Figures.Overview overview = await admin.OverviewAsync();
            Assert.That((overview.Labels, overview.Images, overview.Raters.Count), Is.EqualTo((0, 3, 1)), "in memory");
            Assert.That(server.Stored(c => (c.Labels.Count(), c.Images.Count(), c.Raters.Count())), Is.EqualTo((0, 3, 1)), "on the disk");
        }
    }

    [Test]
    public async Task Labels_imported_for_what_the_same_rater_holds_count_once()
    {
        using var folder = new StudyFolder(prompts: 1);
        await using TestServer server = await TestServer.StartAsync(folder, study: new StudyOptions { RatersPerImage = 2 });
        using Rater admin = await server.InviteAsync("admin", administrator: true), anna = await server.InviteAsync("anna");
        LabelQuery query = (await anna.QueriesAsync()).Queries[0];
        using HttpResponseMessage import = await admin.Client.PostAsync("/api/admin/import/csv", new StringContent(
            $"image,prompt,rater,label,time\nimages/prompt-000-0000.png,{query.Prompt},anna,good,2026-03-01T12:00:00Z\n"));
        Assert.That(import.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await anna.LabelAllAsync(query, FeedbackLabel.Good)).Progress.StudyShare, Is.EqualTo(0.5), "one of two raters");
        Assert.That((await anna.UndoAsync(query.Key)).Progress.StudyShare, Is.Zero);
    }

    [TestCase("feedback.jsonl", "jsonl")]
    [TestCase("feedback.csv", "csv")]
    [TestCase("label-studio.json", "label-studio")]
    public async Task The_server_gives_and_takes_each_format_and_takes_nothing_twice(string file, string format)
    {
        using StudyFolder folder = new(prompts: 2), other = new(prompts: 2);
        await using TestServer server = await TestServer.StartAsync(folder), second = await TestServer.StartAsync(other, Store.Postgres);
        using Rater admin = await server.InviteAsync("admin", administrator: true), anna = await server.InviteAsync("anna"),
            admin2 = await second.InviteAsync("admin", administrator: true);
        await anna.LabelAsync((await anna.QueriesAsync()).Queries[0], FeedbackLabel.Good, FeedbackLabel.Bad, FeedbackLabel.Skip);
        using HttpResponseMessage export = await admin.Client.GetAsync($"/api/admin/export/{format}");
        Assert.That(export.Content.Headers.ContentDisposition!.FileName!.Trim('"'), Is.EqualTo(file));
        byte[] content = await export.Content.ReadAsByteArrayAsync();
        foreach (string expected in new[] { "3 of 3", "0 of 3" })
        {
            using HttpResponseMessage import = await admin2.Client.PostAsync($"/api/admin/import/{format}", new ByteArrayContent(content));
            Assert.That(await import.Content.ReadAsStringAsync(), Does.Contain($"{expected} labels were new"));
        }
        Assert.That(second.Desk.Read(s => s.Feedback()), Is.EqualTo(server.Desk.Read(s => s.Feedback())));
        Assert.That(second.Desk.Read(s => s.Labelling.Schedule.Judgements), Is.EqualTo(1), "they count as a judgement");
        using HttpResponseMessage damaged = await admin2.Client.PostAsync(
            $"/api/admin/import/{format}", new ByteArrayContent("[garbage\n"u8.ToArray()));
        Assert.That((int)damaged.StatusCode, Is.EqualTo(400));
        Assert.That(await damaged.Content.ReadAsStringAsync(), Does.StartWith("{\"error\":\"the file").And.Not.Contain("/tmp"));
    }

    [Test]
    public void Label_Studios_own_export_is_read()
    {
        const string Export = """
            [{"id":7,"data":{"image":"/data/local-files/?d=images%2F1.png","prompt":"A star"},"annotations":[
              {"id":1,"completed_by":3,"was_cancelled":false,"created_at":"2026-03-01T12:00:00.000000Z",
               "result":[{"id":"x","type":"choices","from_name":"label","to_name":"image","value":{"choices":["Good"]},
                 "origin":"manual"}]},
              {"id":2,"completed_by":{"id":4,"email":"ben@example.org"},"was_cancelled":true,"created_at":"2026-03-01T12:01:00Z",
               "result":[]}]}]
            """;
        using var folder = new TempFolder();
        IReadOnlyList<FeedbackRecord> read = FeedbackExchange.Read(folder.With("export.json", Export.Replace("%2F", "/")), null, time);
        Assert.That(read.Select(r => (r.Image, r.Rater, r.Label)), Is.EqualTo(new[]
        {
            ("images/1.png", "label-studio-3", FeedbackLabel.Good), ("images/1.png", "ben@example.org", FeedbackLabel.Skip),
        }));
    }

    [Test]
    public void Publishing_keeps_the_labels_of_others_and_replaces_ones_own()
    {
        using var folder = new StudyFolder(prompts: 1);
        using (FeedbackFile file = FeedbackFile.Open(folder["feedback.jsonl"]))
        {
            file.Append(labels[0] with { Rater = "simulated-0" });
            file.Append(labels[0] with { Label = FeedbackLabel.Skip });
        }
        FeedbackExchange.Publish(folder.Path, labels, new HashSet<string> { "anna", "ben, the second" });
        Assert.That(FeedbackFile.Read(folder["feedback.jsonl"]), Is.EqualTo(labels.Prepend(labels[0] with { Rater = "simulated-0" })));
        using RunLock held = RunLock.Acquire(folder.Path);
        Assert.That(() => FeedbackExchange.Publish(folder.Path, labels, new HashSet<string>()), Throws.TypeOf<UsageException>());
    }

    [TestCase("image,prompt,rater,label\r\n", "no column 'time'")]
    [TestCase("image,prompt,rater,label,time\nimages/1.png,p,r,good\n", ":2: the record has 4 fields")]
    [TestCase("image,prompt,rater,label,time\nimages/1.png,p,r,fine,2026-03-01\n", ":2: the label is 'fine'")]
    [TestCase("image,prompt,rater,label,time\nimages/1.png,p,r,1,2026-03-01\n", ":2: the label is '1'")]
    [TestCase("image,prompt,rater,label,time\nimages/1.png,p,r,good,never\n", ":2: the time is 'never'")]
    [TestCase("image,prompt,rater,label,time\n../1.png,p,r,good,2026-03-01\n", ":2: the image '../1.png'")]
    [TestCase("image,prompt,rater,label,time\n\"images/1.png,p,r,good,2026-03-01\n", ":2: a quote is opened")]
    [TestCase("image,prompt,rater,label,time\n\"images\"/1.png,p,r,good,2026-03-01\n", ":2: '/' follows")]
    public void A_damaged_csv_names_its_line(string text, string problem) =>
        Assert.That(() => CsvImport.Read("labels.csv", text), Throws.TypeOf<FileFormatException>().With.Message.Contains(problem));

    [Test]
    public void Csv_fields_may_hold_anything_and_lines_end_in_any_way()
    {
        var text = new StringBuilder("a,b\r\n");
        Csv.Write(text, "x,\"y\"\r\nz", "");
        text.Append("1,2\n\n\"\",last");
        Assert.That(Csv.Read("f", text.ToString()).Select(r => (r.Line, string.Join('|', r.Fields))), Is.EqualTo(new[]
        {
            (1, "a|b"), (2, "x,\"y\"\r\nz|"), (4, "1|2"), (6, "|last"),
        }));
    }

    [TestCase("""{"image":"{nothing}","prompt":"p","rater":"r","good":[{"column":"a","value":"1"}]}""", "the column 'nothing'")]
    [TestCase("""{"image":"images/{a}.png","prompt":"p","rater":"r","good":[]}""", "no condition")]
    [TestCase("""{"image":"images/{a}.png","prompt":"p","rater":"r","good":[{"column":"a","value":"1"}],"fine":1}""", "not a mapping")]
    public void A_mapping_that_does_not_fit_is_refused(string mapping, string problem)
    {
        using var folder = new TempFolder();
        string path = folder.With("m.json", mapping), csv = folder.With("l.csv", "a\n1\n");
        Assert.That(() => FeedbackExchange.Read(csv, path, time), Throws.TypeOf<FileFormatException>().With.Message.Contains(problem));
    }

    [Test]
    public void A_mapping_says_good_bad_and_skip()
    {
        using var folder = new TempFolder();
        folder.With("asked.jsonl", "{\"want\":[{\"n\":2}]}\n{\"want\":[]}\n");
        string mapping = folder.With("m.json", """
            {"image":"images/{id}.png","prompt":"P {id}","rater":"r{#}","time":"{when}","reference":{"file":"asked.jsonl","line":"{id}"},
             "good":[{"column":"n","equalTo":"want[0].n"},{"column":"list","value":"Red","separator":"|"}],
             "skip":[{"column":"n","value":""}]}
            """);
        const string When = "2026-03-01T12:00:00Z";
        string csv = folder.With("l.csv", $"id,n,list,when\n0,2.0,blue|red,{When}\n0,3,red,{When}\n0,,red,{When}\n1,9,red,{When}\n");
        Assert.That(FeedbackExchange.Read(csv, mapping, time).Select(r => (r.Image, r.Rater, r.Label)), Is.EqualTo(new[]
        {
            ("images/0.png", "r1", FeedbackLabel.Good), ("images/0.png", "r2", FeedbackLabel.Bad),
            ("images/0.png", "r3", FeedbackLabel.Skip),
            ("images/1.png", "r1", FeedbackLabel.Good),
        }));
    }
}
