namespace AlignT2I.Training.Pretraining;

/// <summary>What is said of the scenes that the UNet learns from.</summary>
internal enum SceneCaptions
{
    /// <summary>What is in them.</summary>
    True,

    /// <summary>What the web would say: see <see cref="Miniature.WebCaption"/>.</summary>
    Web,
}
