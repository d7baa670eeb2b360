using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace AlignT2I.FeedbackServer.Storage.Migrations;

/// <summary>The first schema. Column types are left to the provider, so that one migration serves SQLite and PostgreSQL.</summary>
[DbContext(typeof(StudyContext))]
[Migration("20261122000000_InitialSchema")]
internal sealed class InitialSchema : Migration
{
    const int Name = StudyContext.NameChars, File = StudyContext.FileChars, Word = StudyContext.EnumChars;

    protected override void Up(MigrationBuilder migrationBuilder)
    {
        CreatePeopleAndImages(migrationBuilder);
        CreateComparisons(migrationBuilder);
        CreateAnswers(migrationBuilder);
        migrationBuilder.CreateIndex("IX_Raters_Name", "Raters", "Name", unique: true);
        migrationBuilder.CreateIndex("IX_Images_File", "Images", "File", unique: true);
        migrationBuilder.CreateIndex("IX_Queries_Key", "Queries", "Key", unique: true);
        migrationBuilder.CreateIndex("IX_Queries_RaterId", "Queries", "RaterId");
        migrationBuilder.CreateIndex("IX_Labels_QueryId_ImageId_IsUndo", "Labels", ["QueryId", "ImageId", "IsUndo"], unique: true);
        migrationBuilder.CreateIndex("IX_Labels_RaterId", "Labels", "RaterId");
        migrationBuilder.CreateIndex("IX_Labels_ImageId", "Labels", "ImageId");
        migrationBuilder.CreateIndex("IX_Votes_QueryId_IsUndo", "Votes", ["QueryId", "IsUndo"], unique: true);
        migrationBuilder.CreateIndex("IX_Votes_RaterId", "Votes", "RaterId");
        migrationBuilder.CreateIndex("IX_Votes_PairId", "Votes", "PairId");
        migrationBuilder.CreateIndex("IX_Pairs_ComparisonId", "Pairs", "ComparisonId");
    }

    protected override void Down(MigrationBuilder migrationBuilder)
    {
        foreach (string table in new[] { "Votes", "Labels", "Queries", "Pairs", "Comparisons", "Images", "Raters", "Settings" })
            migrationBuilder.DropTable(table);
    }

    static void CreatePeopleAndImages(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable("Raters", table => new
        {
            Id = table.Column<int>(),
            Name = table.Column<string>(maxLength: Name),
            IsAdministrator = table.Column<bool>(),
            Status = table.Column<string>(maxLength: Word),
            TokenHash = table.Column<byte[]>(nullable: true),
            CreatedAt = table.Column<DateTimeOffset>(),
        }, constraints: table => table.PrimaryKey("PK_Raters", r => r.Id));
        migrationBuilder.CreateTable("Images", table => new
        {
            Id = table.Column<int>(),
            File = table.Column<string>(maxLength: File),
            Prompt = table.Column<string>(),
            Category = table.Column<string>(),
            Gold = table.Column<string>(maxLength: Word, nullable: true),
        }, constraints: table => table.PrimaryKey("PK_Images", i => i.Id));
        migrationBuilder.CreateTable("Settings", table => new
        {
            Name = table.Column<string>(maxLength: Name),
            Value = table.Column<string>(),
        }, constraints: table => table.PrimaryKey("PK_Settings", s => s.Name));
    }

    static void CreateComparisons(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable("Comparisons", table => new
        {
            Id = table.Column<int>(),
            First = table.Column<string>(maxLength: File),
            Second = table.Column<string>(maxLength: File),
            Raters = table.Column<int>(),
            IsOpen = table.Column<bool>(),
            CreatedAt = table.Column<DateTimeOffset>(),
        }, constraints: table => table.PrimaryKey("PK_Comparisons", c => c.Id));
        migrationBuilder.CreateTable("Pairs", table => new
        {
            Id = table.Column<int>(),
            ComparisonId = table.Column<int>(),
            Prompt = table.Column<string>(),
            FirstImages = table.Column<string>(),
            SecondImages = table.Column<string>(),
        }, constraints: table =>
        {
            table.PrimaryKey("PK_Pairs", p => p.Id);
            table.ForeignKey(
                "FK_Pairs_Comparisons_ComparisonId", p => p.ComparisonId, "Comparisons", "Id", onDelete: ReferentialAction.Restrict);
        });
    }

    static void CreateAnswers(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable("Queries", table => new
        {
            Id = table.Column<long>(),
            Key = table.Column<string>(maxLength: StudyContext.KeyChars),
            RaterId = table.Column<int>(),
            Kind = table.Column<string>(maxLength: Word),
            Subject = table.Column<string>(),
            Swapped = table.Column<bool>(),
            State = table.Column<string>(maxLength: Word),
            IssuedAt = table.Column<DateTimeOffset>(),
            AnsweredAt = table.Column<DateTimeOffset>(nullable: true),
            ElapsedMs = table.Column<int>(nullable: true),
        }, constraints: table =>
        {
            table.PrimaryKey("PK_Queries", q => q.Id);
            table.ForeignKey("FK_Queries_Raters_RaterId", q => q.RaterId, "Raters", "Id", onDelete: ReferentialAction.Restrict);
        });
        migrationBuilder.CreateTable("Labels", table => new
        {
            Id = table.Column<long>(),
            QueryId = table.Column<long>(nullable: true),
            RaterId = table.Column<int>(),
            ImageId = table.Column<int>(),
            Label = table.Column<string>(maxLength: Word),
            IsUndo = table.Column<bool>(),
            Time = table.Column<DateTimeOffset>(),
        }, constraints: table =>
        {
            table.PrimaryKey("PK_Labels", l => l.Id);
            table.ForeignKey("FK_Labels_Queries_QueryId", l => l.QueryId, "Queries", "Id", onDelete: ReferentialAction.Restrict);
            table.ForeignKey("FK_Labels_Raters_RaterId", l => l.RaterId, "Raters", "Id", onDelete: ReferentialAction.Restrict);
            table.ForeignKey("FK_Labels_Images_ImageId", l => l.ImageId, "Images", "Id", onDelete: ReferentialAction.Restrict);
        });
        migrationBuilder.CreateTable("Votes", table => new
        {
            Id = table.Column<long>(),
            QueryId = table.Column<long>(),
            RaterId = table.Column<int>(),
            PairId = table.Column<int>(),
            Alignment = table.Column<string>(maxLength: Word),
            Fidelity = table.Column<string>(maxLength: Word),
            IsUndo = table.Column<bool>(),
            Time = table.Column<DateTimeOffset>(),
        }, constraints: table =>
        {
            table.PrimaryKey("PK_Votes", v => v.Id);
            table.ForeignKey("FK_Votes_Queries_QueryId", v => v.QueryId, "Queries", "Id", onDelete: ReferentialAction.Restrict);
            table.ForeignKey("FK_Votes_Raters_RaterId", v => v.RaterId, "Raters", "Id", onDelete: ReferentialAction.Restrict);
            table.ForeignKey("FK_Votes_Pairs_PairId", v => v.PairId, "Pairs", "Id", onDelete: ReferentialAction.Restrict);
        });
    }
}
