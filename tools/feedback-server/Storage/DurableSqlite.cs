using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace AlignT2I.FeedbackServer.Storage;

/// <summary>Sets up each SQLite connection: a commit is on the disk when it returns, and references are checked.</summary>
/// <remarks>https://www.sqlite.org/pragma.html: in WAL mode only synchronous = FULL (or EXTRA) survives a power failure.</remarks>
internal sealed class DurableSqlite : DbConnectionInterceptor
{
    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
    {
        using DbCommand command = connection.CreateCommand();
        command.CommandText = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;";
        command.ExecuteNonQuery();
    }
}
