using AlignT2I.FeedbackServer.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace AlignT2I.FeedbackServer.Tests;

/// <summary>The migrations make the tables that the model speaks of, on either database.</summary>
internal sealed class SchemaTests
{
    [TestCase(Store.Sqlite)]
    [TestCase(Store.Postgres)]
    public void Migrations_make_what_the_model_says(Store store)
    {
        var builder = new DbContextOptionsBuilder<StudyContext>();
        DbContextOptions<StudyContext> options = store == Store.Sqlite
            ? builder.UseSqlite("Data Source=nowhere.db").Options : builder.UseNpgsql("Host=nowhere").Options;
        using var context = new StudyContext(options);
        var generator = context.GetService<IMigrationsSqlGenerator>();
        IModel model = context.GetService<IDesignTimeModel>().Model;
        IReadOnlyList<MigrationOperation> wanted = context.GetService<IMigrationsModelDiffer>()
            .GetDifferences(null, model.GetRelationalModel());

        string provider = context.Database.ProviderName!;
        MigrationOperation[] made =
        [
            .. context.GetService<IMigrationsAssembly>().Migrations.Values
                .SelectMany(m => context.GetService<IMigrationsAssembly>().CreateMigration(m, provider).UpOperations),
        ];
        Assert.That(Commands(generator, made, model), Is.EquivalentTo(Commands(generator, wanted, model)));
    }

    /// <summary>The statements, their lines in alphabetical order: the order of columns does not matter.</summary>
    static string[] Commands(IMigrationsSqlGenerator generator, IReadOnlyList<MigrationOperation> operations, IModel model) =>
        [.. generator.Generate(operations, model)
            .Select(c => string.Join('\n', c.CommandText.Split('\n').Select(l => l.Trim().TrimEnd(',')).Order()))];

    [Test]
    public async Task Commits_on_SQLite_are_on_the_disk()
    {
        using var folder = new StudyFolder(prompts: 1);
        await using TestServer server = await TestServer.StartAsync(folder);
        Assert.That(server.Stored(
            c => c.Database.SqlQueryRaw<string>("SELECT journal_mode AS Value FROM pragma_journal_mode").AsEnumerable().Single()),
            Is.EqualTo("wal"));
        Assert.That(server.Stored(
            c => c.Database.SqlQueryRaw<long>("SELECT synchronous AS Value FROM pragma_synchronous").AsEnumerable().Single()),
            Is.EqualTo(2), "FULL");
    }
}
