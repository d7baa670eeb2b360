using System.Globalization;
using AlignT2I.Files;

namespace AlignT2I.Engine;

/// <summary>Updates parameters from their gradients, all in one pass; its state is float32 (float64 for float64 parameters).</summary>
/// <remarks>A parameter without a gradient is left alone. The same state and gradients give the same bits.</remarks>
public abstract class Optimizer : IDisposable
{
    const string StepKey = "step", KindKey = "optimizer";

    readonly Parameter[] parameters;
    readonly Parameter[] state;     // for parameter k and state name s: state[k * names + s]
    readonly int stateCount;
    readonly string kind;
    Tensor? constants;
    Ema? average;
    double averageFraction;

    private protected Optimizer(string kind, IEnumerable<Parameter> parameters, params ReadOnlySpan<string> stateNames)
    {
        this.kind = kind;
        this.parameters = [.. parameters];
        if (this.parameters.Length == 0)
            throw new ArgumentException($"{kind}: there is no parameter to train; give at least one.", nameof(parameters));
        if (this.parameters.GroupBy(p => p.Value).FirstOrDefault(same => same.Count() > 1) is { } twice)
            throw new ArgumentException($"{kind}: '{twice.First().Name}' is given twice; give each parameter once.", nameof(parameters));
        if (this.parameters.FirstOrDefault(p => p.Value.DType.IsHalf) is { } half)
        {
            throw new ArgumentException(
                $"{kind}: '{half.Name}' is {half.Value.DType}, too coarse to gather small steps; build the ParameterStore with masters.",
                nameof(parameters));
        }

        stateCount = stateNames.Length;
        state = new Parameter[this.parameters.Length * stateCount];
        for (int i = 0; i < state.Length; i++)
        {
            Parameter parameter = this.parameters[i / stateCount];
            Tensor zeros = Tensor.Zeros(parameter.Value.Shape, parameter.Value.DType.Accumulator, parameter.Value.Backend).Persist();
            state[i] = new Parameter($"{parameter.Name}.{stateNames[i % stateCount]}", zeros, parameter.Layout);
        }
    }

    /// <summary>What is trained.</summary>
    public IReadOnlyList<Parameter> Parameters => parameters;

    /// <summary>The state by name, as in <c>conv_in.weight.exp_avg</c>; with <see cref="StepCount"/> what a checkpoint keeps.</summary>
    public IReadOnlyList<Parameter> StateTensors => state;

    /// <summary>Steps done. Set it only when restoring <see cref="StateTensors"/>.</summary>
    public long StepCount { get; set; }

    /// <summary>Updates every parameter that has a gradient. The gradients stay as they are.</summary>
    /// <param name="learningRate">Rate of this step.</param>
    /// <param name="gradientScale">Factor on all gradients: for clipping, or the mean of accumulated batches, in the same pass.</param>
    /// <param name="average">Average of these parameters that takes their new values, in the same pass.</param>
    public void Step(double learningRate, double gradientScale = 1, Ema? average = null)
    {
        Prepare(learningRate, gradientScale, average);
        Apply();
    }

    /// <summary>Sets what the next <see cref="Apply"/> uses. It stays outside recorded work, which takes each run's own.</summary>
    /// <param name="learningRate">Rate of this step.</param>
    /// <param name="gradientScale">Factor on all gradients.</param>
    /// <param name="average">Average of these parameters that takes their new values, in the same pass.</param>
    public void Prepare(double learningRate, double gradientScale = 1, Ema? average = null)
    {
        StepCount++;
        this.average = average;
        averageFraction = average?.CountUpdate() ?? 0;
        double[] values = Constants(learningRate, gradientScale, averageFraction);
        constants ??= Tensor.Empty([values.Length], DType.F64, parameters[0].Value.Backend).Persist();
        constants.Write<double>(values);
    }

    /// <summary>Takes back a <see cref="Prepare"/> whose step wrote nothing, since the gradients were not finite.</summary>
    public void Unprepare()
    {
        StepCount--;
        if (average is not null)
            average.UpdateCount--;
    }

    /// <summary>The step itself, as <see cref="Prepare"/> said; may be recorded, with gradients that stay in their memory.</summary>
    /// <param name="clip">Clips the gradients in the same pass, and writes nothing where they are not finite; null for neither.</param>
    /// <exception cref="InvalidOperationException">Nothing was prepared.</exception>
    public void Apply(GradientClip? clip = null)
    {
        if (constants is null)
            throw new InvalidOperationException($"{kind}: Apply needs the constants of a step; call Prepare before it.");
        List<OptimizerSlot> slots = [];
        for (int k = 0; k < parameters.Length; k++)
        {
            if (parameters[k].Grad is { } gradient)
            {
                slots.Add(new OptimizerSlot(
                    parameters[k].Value, gradient, State(k, 0), State(k, 1), parameters[k].HalfCopy, average?.Of(parameters[k].Value)));
            }
        }

        if (slots.Count > 0)
            Update(parameters[0].Value.Backend, [.. slots], constants, clip);
        average?.UpdateOthers(slots.Select(slot => slot.Value).ToHashSet(), averageFraction);
    }

    /// <summary>Frees the gradients of all parameters: the next backward pass starts from zero.</summary>
    public void ClearGrad()
    {
        foreach (Parameter parameter in parameters)
            parameter.Operand.ClearGrad();
    }

    /// <summary>Writes state and step count to a safetensors file.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <exception cref="StorageException">It cannot be written.</exception>
    public void Save(string path) => ParameterFile.Save(path, state, metadata: new Dictionary<string, string>
    {
        [KindKey] = kind,
        [StepKey] = StepCount.ToString(CultureInfo.InvariantCulture),
    });

    /// <summary>Goes on where <see cref="Save"/> was called.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="UsageException">There is no such file.</exception>
    /// <exception cref="FileFormatException">It is not the state of such an optimizer of these parameters.</exception>
    public void Load(string path)
    {
        IReadOnlyDictionary<string, string> metadata = ParameterFile.Load(path, state);
        if (!metadata.TryGetValue(KindKey, out string? found) || found != kind)
            throw new FileFormatException(path, $"it holds the state of {found ?? "no optimizer"}; the state of {kind} is needed.");
        if (!metadata.TryGetValue(StepKey, out string? text)
            || !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long step))
            throw new FileFormatException(path, $"its metadata '{StepKey}' is '{text}'; the number of steps done is needed.");
        StepCount = step;
    }

    /// <summary>Frees the state.</summary>
    public void Dispose()
    {
        foreach (Parameter tensor in state)
            tensor.Value.Dispose();
        constants?.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>The numbers that a step takes, in the order of its kernel.</summary>
    private protected abstract double[] Constants(double learningRate, double gradientScale, double averageFraction);

    private protected abstract void Update(Backend backend, OptimizerSlot[] slots, Tensor constants, GradientClip? clip);

    Tensor? State(int parameter, int index) => index < stateCount ? state[parameter * stateCount + index].Value : null;
}
