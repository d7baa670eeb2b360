using Microsoft.EntityFrameworkCore;

namespace AlignT2I.FeedbackServer.Storage;

/// <summary>The tables. The same on SQLite and on PostgreSQL; ids are given by the server, the only one that writes.</summary>
internal sealed class StudyContext(DbContextOptions<StudyContext> options) : DbContext(options)
{
    public const int NameChars = 80, FileChars = 400, KeyChars = 32, EnumChars = 12;

    public DbSet<RaterRow> Raters => Set<RaterRow>();

    public DbSet<ImageRow> Images => Set<ImageRow>();

    public DbSet<QueryRow> Queries => Set<QueryRow>();

    public DbSet<LabelRow> Labels => Set<LabelRow>();

    public DbSet<VoteRow> Votes => Set<VoteRow>();

    public DbSet<ComparisonRow> Comparisons => Set<ComparisonRow>();

    public DbSet<PairRow> Pairs => Set<PairRow>();

    public DbSet<SettingRow> Settings => Set<SettingRow>();

    protected override void ConfigureConventions(ModelConfigurationBuilder conventions)
    {
        conventions.Properties<Enum>().HaveConversion<string>().HaveMaxLength(EnumChars);
    }

    protected override void OnModelCreating(ModelBuilder model)
    {
        model.Entity<RaterRow>(rater =>
        {
            rater.Property(r => r.Id).ValueGeneratedNever();
            rater.Property(r => r.Name).HasMaxLength(NameChars);
            rater.HasIndex(r => r.Name).IsUnique();
        });
        model.Entity<ImageRow>(image =>
        {
            image.Property(i => i.Id).ValueGeneratedNever();
            image.Property(i => i.File).HasMaxLength(FileChars);
            image.HasIndex(i => i.File).IsUnique();
        });
        model.Entity<QueryRow>(query =>
        {
            query.Property(q => q.Id).ValueGeneratedNever();
            query.Property(q => q.Key).HasMaxLength(KeyChars);
            query.HasIndex(q => q.Key).IsUnique();
            query.HasOne<RaterRow>().WithMany().HasForeignKey(q => q.RaterId).OnDelete(DeleteBehavior.Restrict);
        });
        model.Entity<LabelRow>(label =>
        {
            label.Property(l => l.Id).ValueGeneratedNever();
            label.HasIndex(l => new { l.QueryId, l.ImageId, l.IsUndo }).IsUnique();
            label.HasOne<QueryRow>().WithMany().HasForeignKey(l => l.QueryId).OnDelete(DeleteBehavior.Restrict);
            label.HasOne<RaterRow>().WithMany().HasForeignKey(l => l.RaterId).OnDelete(DeleteBehavior.Restrict);
            label.HasOne<ImageRow>().WithMany().HasForeignKey(l => l.ImageId).OnDelete(DeleteBehavior.Restrict);
        });
        model.Entity<VoteRow>(vote =>
        {
            vote.Property(v => v.Id).ValueGeneratedNever();
            vote.HasIndex(v => new { v.QueryId, v.IsUndo }).IsUnique();
            vote.HasOne<QueryRow>().WithMany().HasForeignKey(v => v.QueryId).OnDelete(DeleteBehavior.Restrict);
            vote.HasOne<RaterRow>().WithMany().HasForeignKey(v => v.RaterId).OnDelete(DeleteBehavior.Restrict);
            vote.HasOne<PairRow>().WithMany().HasForeignKey(v => v.PairId).OnDelete(DeleteBehavior.Restrict);
        });
        model.Entity<ComparisonRow>(comparison =>
        {
            comparison.Property(c => c.Id).ValueGeneratedNever();
            comparison.Property(c => c.First).HasMaxLength(FileChars);
            comparison.Property(c => c.Second).HasMaxLength(FileChars);
        });
        model.Entity<PairRow>(pair =>
        {
            pair.Property(p => p.Id).ValueGeneratedNever();
            pair.HasOne<ComparisonRow>().WithMany().HasForeignKey(p => p.ComparisonId).OnDelete(DeleteBehavior.Restrict);
        });
        model.Entity<SettingRow>(setting =>
        {
            setting.HasKey(s => s.Name);
            setting.Property(s => s.Name).HasMaxLength(NameChars);
        });
    }
}
