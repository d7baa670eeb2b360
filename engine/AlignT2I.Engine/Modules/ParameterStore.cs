namespace AlignT2I.Engine;

/// <summary>The parameters of one model, in the order in which its constructor asked for them.</summary>
/// <remarks>Make the store, build the module from <see cref="Root"/>, then call <see cref="Finish"/>.</remarks>
public sealed class ParameterStore(Backend backend, DType dtype, ParameterSource source) : IDisposable
{
    readonly List<Parameter> parameters = [];
    readonly Dictionary<string, Parameter> byName = [];

    /// <summary>A model in float32 on the CPU.</summary>
    public ParameterStore(ParameterSource source) : this(Backend.Cpu, DType.F32, source)
    {
    }

    /// <summary>What a model's constructor takes.</summary>
    public ParameterBuilder Root => new(this, "");

    /// <summary>All parameters.</summary>
    public IReadOnlyList<Parameter> Parameters => parameters;

    /// <summary>Number of elements of all parameters.</summary>
    public long Count => parameters.Sum(p => p.Value.Count);

    /// <summary>The parameter of that name.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public Parameter this[string name] => byName.TryGetValue(name, out Parameter? parameter)
        ? parameter
        : throw new KeyNotFoundException($"the model has no parameter '{name}'.");

    /// <summary>Says that the model is complete: a parameter of the source that was not asked for is an error.</summary>
    /// <exception cref="AlignT2I.Files.FileFormatException">The source has a parameter that the model does not.</exception>
    public void Finish() => source.Finish(byName.Keys);

    /// <summary>Turns gradients of all parameters on or off.</summary>
    public void RequireGrad(bool required = true)
    {
        foreach (Parameter parameter in parameters)
            parameter.Value.RequiresGrad = required;
    }

    /// <summary>Frees all gradients: the next backward pass starts from zero.</summary>
    public void ClearGrad()
    {
        foreach (Parameter parameter in parameters)
            parameter.Value.ClearGrad();
    }

    /// <summary>Frees the parameters.</summary>
    public void Dispose()
    {
        foreach (Parameter parameter in parameters)
            parameter.Value.Dispose();
    }

    internal Tensor Add(string name, Shape shape, Init init, ParameterLayout layout)
    {
        Tensor value = Tensor.Empty(shape, dtype, backend).Persist();
        Parameter parameter = new(name, value, layout);
        if (!byName.TryAdd(name, parameter))
            throw new ArgumentException($"the model asks for parameter '{name}' twice.");
        parameters.Add(parameter);

        float[] file = new float[shape.Count];
        source.Read(name, parameter.FileShape, init, file);
        if (dtype == DType.F32)
            parameter.FromFileLayout<float>(file, value);
        else if (dtype == DType.F64)
            parameter.FromFileLayout<double>(Array.ConvertAll(file, x => (double)x), value);
        else
            throw new DTypeException($"parameters are kept in F32 or F64, not {dtype}.");
        return value;
    }
}
