using System.Net;
using AlignT2I.FeedbackServer.Storage;
using AlignT2I.Files;

namespace AlignT2I.FeedbackServer.Studies;

/// <summary>The raters and administrators of a study.</summary>
internal sealed class People
{
    readonly SortedDictionary<int, RaterRow> byId = [];
    readonly Dictionary<string, RaterRow> byName = new(StringComparer.Ordinal);

    /// <summary>All of them, oldest first.</summary>
    public IReadOnlyCollection<RaterRow> All => byId.Values;

    /// <summary>Whether there is an administrator yet.</summary>
    public bool HasAdministrator => byId.Values.Any(r => r.IsAdministrator);

    public RaterRow this[int id] => byId[id];

    public RaterRow? Find(int id) => byId.GetValueOrDefault(id);

    public RaterRow? Find(string name) => byName.GetValueOrDefault(name);

    public void Restore(RaterRow rater)
    {
        byId.Add(rater.Id, rater);
        byName.Add(rater.Name, rater);
    }

    /// <summary>Whether a rater's labels count.</summary>
    public bool Counts(int rater) => byId[rater].Status != RaterStatus.Excluded;

    /// <summary>Whose token this is; null for nobody's.</summary>
    public RaterRow? Authenticate(string? token) =>
        Secret.TryRead(token, out int id, out byte[] hash) && byId.TryGetValue(id, out RaterRow? rater)
            && Secret.Same(rater.TokenHash, hash)
            ? rater : null;

    /// <summary>A new person with a token, which is known only now.</summary>
    /// <exception cref="Refusal">The name is taken or no name.</exception>
    public (RaterRow Rater, string Token) Invite(string name, bool administrator, DateTimeOffset now, Journal journal)
    {
        name = name.Trim();
        if (!IsName(name))
            throw new Refusal(HttpStatusCode.BadRequest,
                $"A name of {name.Length} characters; expected 1 to {StudyContext.NameChars}, without line breaks and the like.");
        if (byName.ContainsKey(name))
            throw new Refusal(HttpStatusCode.Conflict, $"There is a rater called {name} already; choose another name.");
        string token = Secret.NewToken(NextId, out byte[] hash);
        return (Add(name, administrator, hash, now, journal), token);
    }

    /// <summary>Checks that a rater's name can be stored in every database.</summary>
    /// <exception cref="UsageException">It is too long, or has control characters.</exception>
    public static void Check(string name)
    {
        if (!IsName(name))
        {
            throw new UsageException($"the rater's name {Printable.Text(name.Length > 40 ? name[..40] + "…" : name)} has {name.Length} "
                + $"characters; expected 1 to {StudyContext.NameChars}, without line breaks and the like.");
        }
    }

    static bool IsName(string name) => name.Length is > 0 and <= StudyContext.NameChars && !name.Any(char.IsControl);

    /// <summary>The person that imported labels name, new where there is none.</summary>
    public RaterRow Named(string name, DateTimeOffset now, Journal journal) =>
        Find(name) ?? Add(name, administrator: false, hash: null, now, journal);

    /// <summary>Another token for a person; the former stops working.</summary>
    public static string NewToken(RaterRow rater, Journal journal)
    {
        string token = Secret.NewToken(rater.Id, out byte[] hash);
        rater.TokenHash = hash;
        journal.Change(rater);
        return token;
    }

    int NextId => byId.Count == 0 ? 1 : byId.Keys.Last() + 1;

    RaterRow Add(string name, bool administrator, byte[]? hash, DateTimeOffset now, Journal journal)
    {
        RaterRow rater = journal.Add(new RaterRow
        {
            Id = NextId,
            Name = name,
            IsAdministrator = administrator,
            Status = RaterStatus.Active,
            TokenHash = hash,
            CreatedAt = now,
        });
        Restore(rater);
        return rater;
    }
}
