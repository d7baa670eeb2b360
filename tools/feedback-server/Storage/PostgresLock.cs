using AlignT2I.Files;
using Npgsql;

namespace AlignT2I.FeedbackServer.Storage;

/// <summary>The right of one process to use a PostgreSQL database: an advisory lock, held by a connection of its own.</summary>
internal sealed class PostgresLock : IDisposable
{
    /// <summary>Names the lock among those of the database: "alignT2I" in ASCII.</summary>
    const long Key = 0x616C69676E543249;

    /// <summary>A server that was killed a moment ago may hold its lock until PostgreSQL has noticed.</summary>
    static readonly TimeSpan patience = TimeSpan.FromSeconds(3), pause = TimeSpan.FromMilliseconds(50);

    readonly NpgsqlConnection connection;

    PostgresLock(NpgsqlConnection connection) => this.connection = connection;

    /// <summary>Takes the lock.</summary>
    /// <param name="name">The database, for messages.</param>
    /// <exception cref="UsageException">Another server has it.</exception>
    /// <exception cref="StorageException">The database cannot be reached.</exception>
    public static PostgresLock Acquire(NpgsqlConnectionStringBuilder database, string name)
    {
        var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(database.ConnectionString) { Pooling = false }.ConnectionString);
        try
        {
            connection.Open();
            using var command = new NpgsqlCommand($"SELECT pg_try_advisory_lock({Key})", connection);
            long start = TimeProvider.System.GetTimestamp();
            while (command.ExecuteScalar() is not true)
            {
                if (TimeProvider.System.GetElapsedTime(start) > patience)
                    throw new UsageException($"{name}: another feedback-server is using this database; stop it or name another database.");
                Thread.Sleep(pause);
            }
            return new PostgresLock(connection);
        }
        catch (Exception e)
        {
            connection.Dispose();
            if (Database.Refuses(e))
                throw new StorageException(name, $"the database cannot be reached: {Database.FirstLine(e)}", e);
            throw;
        }
    }

    /// <summary>Gives the lock back.</summary>
    public void Dispose()
    {
        try
        {
            using var command = new NpgsqlCommand($"SELECT pg_advisory_unlock({Key})", connection);
            command.ExecuteNonQuery();
        }
        catch (Exception e) when (Database.Refuses(e) || e is InvalidOperationException)
        {
            // The connection is gone, and the lock with it.
        }
        connection.Dispose();
    }
}
