namespace AlignT2I.Models.StableDiffusion;

/// <summary>
/// The names that diffusers before 0.18 gave the autoencoder's attention, and that the published folders of SD v1.5 still have.
/// </summary>
public static class AutoencoderKLNames
{
    static readonly (string Now, string Before)[] attention =
        [(".to_q.", ".query."), (".to_k.", ".key."), (".to_v.", ".value."), (".to_out.0.", ".proj_attn.")];

    /// <summary>What older files call a parameter: <c>….attentions.0.to_q.weight</c> was <c>….attentions.0.query.weight</c>.</summary>
    /// <param name="name">The parameter's name today.</param>
    /// <returns>The older name; the same for everything that is not the attention's.</returns>
    public static string Deprecated(string name)
    {
        foreach ((string now, string before) in attention)
        {
            if (name.Contains("mid_block.attentions.", StringComparison.Ordinal) && name.Contains(now, StringComparison.Ordinal))
                return name.Replace(now, before, StringComparison.Ordinal);
        }
        return name;
    }
}
