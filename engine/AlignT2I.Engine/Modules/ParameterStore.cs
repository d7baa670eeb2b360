namespace AlignT2I.Engine;

/// <summary>The parameters of one model, in the order in which its constructor asked for them.</summary>
/// <remarks>Make the store, build the module from <see cref="Root"/>, then call <see cref="Finish"/>.</remarks>
/// <param name="backend">Where the parameters are.</param>
/// <param name="dtype">
/// The compute type: that of weights and feature maps. Scales and shifts of normalizations are in its accumulator type.
/// </param>
/// <param name="source">Where the values come from.</param>
/// <param name="masters">Whether half parameters are the copies of float32 masters, as training needs them.</param>
public sealed class ParameterStore(Backend backend, DType dtype, ParameterSource source, bool masters = false) : IDisposable
{
    readonly List<Parameter> parameters = [];
    readonly Dictionary<string, Parameter> byName = [];

    /// <summary>A model in float32, on the CPU where no backend is given.</summary>
    public ParameterStore(ParameterSource source, Backend? backend = null) : this(backend ?? Backend.Cpu, DType.F32, source)
    {
    }

    /// <summary>Where the parameters are, and so where the model computes: its inputs are to be there too.</summary>
    public Backend Backend => backend;

    /// <summary>What a model's constructor takes.</summary>
    public ParameterBuilder Root => new(this, "");

    /// <summary>The compute type.</summary>
    public DType DType => dtype;

    /// <summary>Low-rank adaptation of the model's linear layers; null for none.</summary>
    public LowRankAdapters? Adapters { get; init; }

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
    /// <exception cref="AlignT2I.Files.UsageException">A target of the adaptation is no layer of the model.</exception>
    public void Finish()
    {
        source.Finish(byName.Keys);
        Adapters?.Finish();
    }

    /// <summary>A store of some of these parameters, which stay this one's to free.</summary>
    /// <param name="takes">Which, by name.</param>
    public ParameterStore Part(Func<string, bool> takes)
    {
        var part = new ParameterStore(backend, dtype, source, masters);
        foreach (Parameter parameter in parameters.Where(p => takes(p.Name)))
        {
            part.byName.Add(parameter.Name, parameter);
            part.parameters.Add(parameter);
        }

        return part;
    }

    /// <summary>Turns gradients of all parameters on or off.</summary>
    public void RequireGrad(bool required = true)
    {
        foreach (Parameter parameter in parameters)
            parameter.Operand.RequiresGrad = required;
    }

    /// <summary>Frees all gradients: the next backward pass starts from zero.</summary>
    public void ClearGrad()
    {
        foreach (Parameter parameter in parameters)
            parameter.Operand.ClearGrad();
    }

    /// <summary>Makes all gradients zeros, what recorded work adds to: on a device in memory that stays.</summary>
    public void ZeroGrad()
    {
        foreach (Parameter parameter in parameters)
            parameter.Operand.Variable?.ZeroGradient();
    }

    /// <summary>Frees the parameters.</summary>
    public void Dispose()
    {
        foreach (Parameter parameter in parameters)
        {
            parameter.HalfCopy?.Dispose();
            parameter.Value.Dispose();
        }
    }

    internal Tensor Add(string name, Shape shape, Init init, ParameterLayout layout, DType type)
    {
        if (!source.HasValues)
        {
            source.Read(name, Parameter.ToFileShape(shape, layout), init, []);
            return Tensor.Empty([0], type, backend);
        }

        if (byName.ContainsKey(name))
            throw new ArgumentException($"the model asks for parameter '{name}' twice.");
        if (!type.IsFloat)
            throw new DTypeException($"parameters are kept in F32, F64, BF16 or F16, not {type}.");
        using MemoryScope scope = MemoryScope.Open();
        Tensor single = Tensor.Empty(shape, DType.F32, Backend.Cpu);
        source.Read(name, Parameter.ToFileShape(shape, layout), init, single.Elements<float>());
        Parameter.ToMemoryLayout(single.Elements<float>(), shape, layout);
        Tensor operand = F.Cast(single, type).To(backend).Persist();
        Parameter parameter = masters && type.IsHalf
            ? new Parameter(name, single.To(backend).Persist(), layout) { HalfCopy = operand }
            : new Parameter(name, operand, layout);
        byName.Add(name, parameter);
        parameters.Add(parameter);
        return operand;
    }
}
