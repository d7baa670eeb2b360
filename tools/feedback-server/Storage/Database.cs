using System.Data.Common;
using AlignT2I.Files;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace AlignT2I.FeedbackServer.Storage;

/// <summary>Where a study is stored, open for this process alone: SQLite in the run folder, or PostgreSQL.</summary>
internal sealed class Database : IDisposable
{
    readonly DbContextOptions<StudyContext> options;
    readonly IDisposable ownership;

    Database(string name, DbContextOptions<StudyContext> options, IDisposable ownership) =>
        (Name, this.options, this.ownership) = (name, options, ownership);

    /// <summary>For messages: the file, or host and database.</summary>
    public string Name { get; }

    /// <summary>Opens the database of a run folder, made or brought up to date where needed.</summary>
    /// <param name="runFolder">The run folder; without a connection string the file is feedback/study.db in it.</param>
    /// <param name="connectionString">PostgreSQL, as in <c>Host=localhost;Database=study;Username=me</c>; null for SQLite.</param>
    /// <exception cref="UsageException">Another process has it open, or the connection string is none.</exception>
    /// <exception cref="StorageException">It cannot be opened or written.</exception>
    public static Database Open(string runFolder, string? connectionString)
    {
        Database database = connectionString is null ? OpenSqlite(Path.Combine(runFolder, "feedback")) : OpenPostgres(connectionString);
        try
        {
            using StudyContext context = database.CreateContext();
            context.Database.Migrate();
            return database;
        }
        catch (Exception e)
        {
            database.Dispose();
            if (Refuses(e))
                throw new StorageException(database.Name, $"the database cannot be opened or brought up to date: {FirstLine(e)}", e);
            throw;
        }
    }

    /// <summary>A unit of work.</summary>
    public StudyContext CreateContext() => new(options);

    /// <summary>Whether an error comes from the database or the disk under it.</summary>
    public static bool Refuses(Exception error) =>
        error is DbException or DbUpdateException or TimeoutException || StorageException.Covers(error);

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        ownership.Dispose();
    }

    static Database OpenSqlite(string folder)
    {
        RunLock alone = RunLock.Acquire(folder);
        string path = Path.Combine(folder, "study.db");
        string connection = new SqliteConnectionStringBuilder { DataSource = path, DefaultTimeout = 30 }.ToString();
        var options = new DbContextOptionsBuilder<StudyContext>().UseSqlite(connection).AddInterceptors(new DurableSqlite());
        return new Database(path, options.Options, alone);
    }

    static Database OpenPostgres(string connectionString)
    {
        NpgsqlConnectionStringBuilder builder;
        try
        {
            builder = new NpgsqlConnectionStringBuilder(connectionString);
            if (string.IsNullOrEmpty(builder.Host))
                throw new FormatException("it names no Host");
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            throw new UsageException($"--database: it is not a connection string of PostgreSQL ({FirstLine(e)}); "
                + "write for example \"Host=localhost;Database=study;Username=me\".", e);
        }
        string name = $"{builder.Host}/{builder.Database}";
        PostgresLock alone = PostgresLock.Acquire(builder, name);
        return new Database(name, new DbContextOptionsBuilder<StudyContext>().UseNpgsql(connectionString).Options, alone);
    }

    internal static string FirstLine(Exception e) => (e.InnerException ?? e).Message.Split('\n')[0].Trim().TrimEnd('.') + ".";
}
