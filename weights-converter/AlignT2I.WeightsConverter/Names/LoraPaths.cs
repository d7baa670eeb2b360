using AlignT2I.Engine;
using AlignT2I.Models.Clip;
using AlignT2I.Models.StableDiffusion;

namespace AlignT2I.WeightsConverter.Names;

/// <summary>Module paths in the names of low-rank adaptations; kohya writes an underscore for every dot.</summary>
/// <remarks>
/// Names of modules have underscores of their own (<c>down_blocks.0.attentions.0.proj_in</c>), so the way back needs the words that paths
/// are made of: those of SD v1.5, whatever the sizes of the model.
/// </remarks>
internal sealed class LoraPaths
{
    /// <summary>The longest paths have about ninety characters; a damaged name must not send the search deep.</summary>
    const int LongestPath = 300;

    readonly string[] words;

    public LoraPaths()
    {
        IEnumerable<string> names = ParameterOutline.Of(p => _ = new UNet2DCondition(p, new UNet2DConditionConfig()))
            .Concat(ParameterOutline.Of(p => _ = new ClipTextModel(p, new ClipTextConfig()))).Select(p => p.Name);
        words = [.. names.SelectMany(n => n.Split('.')).Where(w => !char.IsAsciiDigit(w[0])).Distinct().OrderByDescending(w => w.Length)];
    }

    /// <summary>The path with its dots; null where it is made of other words.</summary>
    public string? Unflatten(string flat)
    {
        List<string> segments = [];
        return flat.Length <= LongestPath && Split(flat, segments) ? string.Join('.', segments) : null;
    }

    /// <summary>The longest word first; a shorter one where the rest cannot be split then.</summary>
    bool Split(string rest, List<string> segments)
    {
        if (rest.Length == 0)
            return segments.Count > 0;
        int digits = rest.TakeWhile(char.IsAsciiDigit).Count();
        foreach (string segment in digits > 0 ? [rest[..digits]] : words)
        {
            if (!rest.StartsWith(segment, StringComparison.Ordinal) || (rest.Length > segment.Length && rest[segment.Length] != '_'))
                continue;
            segments.Add(segment);
            if (Split(rest.Length > segment.Length ? rest[(segment.Length + 1)..] : "", segments))
                return true;
            segments.RemoveAt(segments.Count - 1);
        }
        return false;
    }
}
