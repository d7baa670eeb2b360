using AlignT2I.Files;
using AlignT2I.WeightsConverter.Streaming;

namespace AlignT2I.WeightsConverter.Loading;

/// <summary>A tensor that is not as the model needs it.</summary>
/// <param name="Kind">What is wrong.</param>
/// <param name="Component">The part of the model, such as <c>unet</c>.</param>
/// <param name="Name">Name in the file.</param>
/// <param name="Expected">Shape that the model needs, in the file's layout; null where it needs none.</param>
/// <param name="Found">Shape in the file; null where it is missing.</param>
public sealed record TensorProblem(
    TensorProblemKind Kind, string Component, string Name, IReadOnlyList<long>? Expected = null, IReadOnlyList<long>? Found = null)
{
    /// <summary>The problem in words.</summary>
    public override string ToString() => Kind switch
    {
        TensorProblemKind.Missing => $"'{Printable.Text(Name)}' of shape {Shapes.Text(Expected!)} is missing",
        TensorProblemKind.Misshapen => $"'{Printable.Text(Name)}' has shape {Shapes.Text(Found!)}, the model needs "
            + $"{Shapes.Text(Expected!)}",
        _ => $"'{Printable.Text(Name)}' of shape {Shapes.Text(Found!)} is not part of the model",
    };
}
