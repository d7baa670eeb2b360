namespace AlignT2I.Training.Evaluation;

/// <summary>What Fréchet Inception distances were measured on; one is only to be compared with others of the same settings.</summary>
/// <param name="Captions">Name of the captions file.</param>
/// <param name="Images">Images of each model, one of each caption.</param>
/// <param name="Size">Their height and width in pixels.</param>
/// <param name="Reference">Name of the folder of reference images, or of the file of their statistics.</param>
/// <param name="Network">Hash of the Inception network's weights.</param>
public sealed record FidSettings(string Captions, int Images, int Size, string Reference, string Network);
