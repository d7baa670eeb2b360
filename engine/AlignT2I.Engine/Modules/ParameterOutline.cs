namespace AlignT2I.Engine;

/// <summary>
/// The names and shapes of a model's parameters, found by running its constructor; no memory is taken for the parameters.
/// </summary>
public static class ParameterOutline
{
    /// <summary>Lists the parameters that a model asks for, in the order in which it does.</summary>
    /// <param name="build">Runs the model's constructor; what it makes cannot be called.</param>
    /// <returns>Names and shapes, both as in files: a convolution is [O, I, kH, kW].</returns>
    public static IReadOnlyList<(string Name, Shape FileShape)> Of(Action<ParameterBuilder> build)
    {
        using MemoryScope scope = MemoryScope.Open();
        var outline = new Outline();
        build(new ParameterStore(outline).Root);
        return outline.Parameters;
    }

    sealed class Outline : ParameterSource
    {
        public List<(string Name, Shape FileShape)> Parameters { get; } = [];

        internal override bool HasValues => false;

        public override void Read(string name, Shape fileShape, Init init, Span<float> values) => Parameters.Add((name, fileShape));
    }
}
