namespace AlignT2I.Engine;

/// <summary>Parameters copied from a model of the same shape: for averages of a model in training and for keeping the original.</summary>
/// <param name="original">The store to copy from.</param>
public sealed class CopiedParameters(ParameterStore original) : ParameterSource
{
    /// <inheritdoc/>
    public override void Read(string name, Shape fileShape, Init init, Span<float> values)
    {
        Parameter parameter = original[name];
        if (parameter.FileShape != fileShape)
            throw new ShapeException($"'{name}' has shape {parameter.FileShape} in the original; the copy needs {fileShape}.");
        parameter.ToFileLayout<float>(parameter.Value).CopyTo(values);
    }
}
