namespace AlignT2I.Training.Runs;

/// <summary>What images say of the model that drew them.</summary>
/// <param name="Hash">Tells the UNet from others: a hash of its weights.</param>
/// <param name="Name">What people call the model: the name of its folder.</param>
public readonly record struct ModelIdentity(string Hash, string Name);
