using System.Net;
using System.Threading.Channels;
using AlignT2I.FeedbackServer.Storage;
using AlignT2I.Files;

namespace AlignT2I.FeedbackServer.Studies;

/// <summary>
/// The one place where a study changes. Requests that come while others are being stored are stored together with one flush to the disk;
/// each is told that it succeeded only after that.
/// </summary>
internal sealed class Desk : IAsyncDisposable
{
    const int MostTogether = 256;

    static readonly TimeSpan leaseCheck = TimeSpan.FromSeconds(1);

    readonly Database database;
    readonly Func<RunImages> readRun;
    readonly StudyOptions options;
    readonly TimeProvider clock;
    readonly Channel<Request> requests = Channel.CreateBounded<Request>(10_000);
    readonly Lock gate = new();
    readonly Task work;
    Study study;
    DateTimeOffset leasesChecked;
    bool isStale;

    Desk(Database database, Func<RunImages> readRun, StudyOptions options, TimeProvider clock)
    {
        (this.database, this.readRun, this.options, this.clock) = (database, readRun, options, clock);
        study = Load();
        work = Task.Run(WorkAsync);
    }

    /// <summary>Loads a study.</summary>
    /// <param name="readRun">Reads the images of the run folder.</param>
    /// <exception cref="UsageException">The run's images contradict what is stored.</exception>
    /// <exception cref="StorageException">The database fails.</exception>
    public static Desk Open(Database database, Func<RunImages> readRun, StudyOptions options, TimeProvider? clock = null)
    {
        options.Validate();
        try
        {
            return new Desk(database, readRun, options, clock ?? TimeProvider.System);
        }
        catch (Exception e) when (Database.Refuses(e))
        {
            throw new StorageException(database.Name, $"the study cannot be read: {Database.FirstLine(e)}", e);
        }
    }

    /// <summary>Looks something up; nothing is changed.</summary>
    public T Read<T>(Func<Study, T> read)
    {
        lock (gate)
            return read(study);
    }

    /// <summary>Changes the study. When this returns, the change is on the disk.</summary>
    /// <param name="change">Checks first, then changes: after it has thrown, the study is as before.</param>
    /// <exception cref="Refusal">What <paramref name="change"/> throws; or the database failed, and nothing is changed.</exception>
    public async Task<T> ChangeAsync<T>(Func<Study, DateTimeOffset, Journal, T> change)
    {
        var request = new Request<T>(change);
        await requests.Writer.WriteAsync(request);
        return await request.Done;
    }

    /// <inheritdoc cref="ChangeAsync{T}"/>
    public Task ChangeAsync(Action<Study, DateTimeOffset, Journal> change) => ChangeAsync((study, now, journal) =>
    {
        change(study, now, journal);
        return true;
    });

    /// <summary>Stores what is under way and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        requests.Writer.TryComplete();
        await work;
    }

    async Task WorkAsync()
    {
        List<Request> together = [];
        while (await requests.Reader.WaitToReadAsync())
        {
            together.Clear();
            while (together.Count < MostTogether && requests.Reader.TryRead(out Request? request))
                together.Add(request);
            Serve(together);
        }
    }

    void Serve(List<Request> together)
    {
        try
        {
            if (isStale)
                Reload();
            var journal = new Journal();
            lock (gate)
            {
                DateTimeOffset now = Now();
                if ((now - leasesChecked).Duration() >= leaseCheck)
                {
                    study.Queries.Expire(now, journal);
                    leasesChecked = now;
                }
                foreach (Request request in together)
                    request.Run(study, now, journal);
            }
            if (!journal.IsEmpty)
            {
                using StudyContext context = database.CreateContext();
                journal.Store(context);
            }
        }
        catch (Exception e)
        {
            isStale = true;     // memory may be ahead of the database, and the database is right
            var refusal = new Refusal(HttpStatusCode.ServiceUnavailable,
                $"The answer could not be stored: {Database.FirstLine(e)} Try again; tell the administrator if it goes on.");
            Console.Error.WriteLine(
                $"{database.Name}: {Database.FirstLine(e)} Nothing is lost; what was not stored was not acknowledged.");
            foreach (Request request in together)
                request.Fail(refusal);
            return;
        }
        foreach (Request request in together)
            request.Complete();
    }

    void Reload()
    {
        Study loaded = Load();
        lock (gate)
            study = loaded;
        isStale = false;
    }

    Study Load()
    {
        using StudyContext context = database.CreateContext();
        var journal = new Journal();
        Study loaded = Study.Load(context, readRun(), options, Now(), journal);
        context.ChangeTracker.Clear();
        if (!journal.IsEmpty)
            journal.Store(context);
        return loaded;
    }

    /// <summary>Whole milliseconds, which every database keeps.</summary>
    DateTimeOffset Now() => DateTimeOffset.FromUnixTimeMilliseconds(clock.GetUtcNow().ToUnixTimeMilliseconds());

    abstract class Request
    {
        public abstract void Run(Study study, DateTimeOffset now, Journal journal);

        public abstract void Complete();

        public abstract void Fail(Exception exception);
    }

    sealed class Request<T>(Func<Study, DateTimeOffset, Journal, T> change) : Request
    {
        readonly TaskCompletionSource<T> source = new(TaskCreationOptions.RunContinuationsAsynchronously);
        T? result;
        Exception? problem;

        public Task<T> Done => source.Task;

        public override void Run(Study study, DateTimeOffset now, Journal journal)
        {
            try
            {
                result = change(study, now, journal);
            }
            catch (Exception e) when (e is Refusal or UsageException)
            {
                problem = e;
            }
        }

        public override void Complete()
        {
            if (problem is null)
                source.SetResult(result!);
            else
                source.SetException(problem);
        }

        public override void Fail(Exception exception) => source.TrySetException(problem ?? exception);
    }
}
