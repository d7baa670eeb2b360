namespace AlignT2I.Engine;

/// <summary>Where the values of a model's parameters come from.</summary>
public abstract class ParameterSource
{
    /// <summary>False for a source that only looks at names and shapes: no memory is taken, and the model cannot be called.</summary>
    internal virtual bool HasValues => true;

    /// <summary>Writes a parameter's values, in the layout of files.</summary>
    /// <param name="name">The parameter's full name.</param>
    /// <param name="fileShape">The shape the model needs, in the layout of files.</param>
    /// <param name="init">How the parameter starts in a new model.</param>
    /// <param name="values">Where the values go.</param>
    /// <exception cref="AlignT2I.Files.FileFormatException">The source has no such parameter, or one of another shape.</exception>
    public abstract void Read(string name, Shape fileShape, Init init, Span<float> values);

    /// <summary>Told when the model has asked for all its parameters.</summary>
    /// <exception cref="AlignT2I.Files.FileFormatException">The source has a parameter that the model never asked for.</exception>
    public virtual void Finish(IReadOnlyCollection<string> names)
    {
    }
}
