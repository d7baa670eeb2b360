namespace AlignT2I.FeedbackServer.Studies;

/// <summary>What is judged in one query, several times over, each time by another rater: images of one prompt, or a pair of
/// sets.</summary>
/// <param name="id">Unique within its <see cref="Schedule"/>.</param>
internal sealed class WorkItem(int id)
{
    public int Id => id;

    /// <summary>Raters whose judgement of it is stored, excluded ones among them: none of them is asked again.</summary>
    public HashSet<int> Judges { get; } = [];

    /// <summary>Raters who hold a lease.</summary>
    public HashSet<int> Holders { get; } = [];

    /// <summary>How many of the judges' judgements count.</summary>
    public int Done { get; set; }

    /// <summary>Judgements that are there or on their way.</summary>
    public int Load => Done + Holders.Count;

    /// <summary>Decides who comes first among items of equal load: mixes the prompts, and is the same after a restart.</summary>
    public uint Order { get; } = Mix((uint)id);

    /// <summary>The finalizer of MurmurHash3: neighbours get far apart.</summary>
    static uint Mix(uint value)
    {
        value ^= value >> 16;
        value *= 0x85EBCA6B;
        value ^= value >> 13;
        value *= 0xC2B2AE35;
        return value ^ (value >> 16);
    }
}
