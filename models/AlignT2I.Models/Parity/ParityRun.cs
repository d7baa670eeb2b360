using AlignT2I.Engine;
using AlignT2I.Files;

namespace AlignT2I.Models.Parity;

/// <summary>One recorded case being run through the engine: hands out its inputs, collects the comparisons with its results.</summary>
/// <remarks>Every result of the recording must be compared: <see cref="Finish"/> counts one that was not as a failure.</remarks>
internal sealed class ParityRun(ParityCase recorded, Backend backend, DType dtype)
{
    const double MostNoise = 0.1;

    static readonly string[] given = ["input.", "cotangent.", "output64."];

    readonly List<ParityComparison> comparisons = [];
    readonly HashSet<string> compared = [];

    /// <summary>The recording.</summary>
    public ParityCase Case => recorded;

    /// <summary>What computes.</summary>
    public Backend Backend => backend;

    /// <summary>Type that the engine computes in.</summary>
    public DType DType => dtype;

    /// <summary>A store that gives a model the case's synthetic weights; the caller disposes it.</summary>
    /// <exception cref="FileFormatException">The case has no weights.</exception>
    public ParameterStore Parameters() => new(backend, dtype, new SyntheticParameters(recorded.Weights
        ?? throw new FileFormatException(recorded.Path, "the case has weights 'none'; this component needs a model's.")), masters: true);

    /// <summary>A tensor of the recording in the engine's type, laid out as in the file.</summary>
    public Tensor Tensor(string name) => Make(recorded.Values(name), recorded.ShapeOf(name));

    /// <summary>An image of the recording, [N, C, H, W] in the file, as the engine has it: [N, H, W, C].</summary>
    public Tensor Image(string name) => Image(name, recorded.Values(name), recorded.ShapeOf(name));

    /// <summary>One row of a tensor of the recording, such as one step's input.</summary>
    public Tensor Row(string name, int row) => Make(recorded.Row(name, row), recorded.RowShapeOf(name));

    /// <summary>One row of images, [rows, N, C, H, W] in the file: [N, H, W, C].</summary>
    public Tensor ImageRow(string name, int row) => Image(name, recorded.Row(name, row), recorded.RowShapeOf(name));

    /// <summary>A tensor of float64 values in the engine's type.</summary>
    public Tensor Make(double[] values, Shape shape) => dtype == DType.F64
        ? AlignT2I.Engine.Tensor.From(values, shape, backend)
        : AlignT2I.Engine.Tensor.From(Array.ConvertAll(values, v => (float)v), shape, backend);

    /// <summary>Compares a tensor that lies as in the file.</summary>
    public void Check(string name, Tensor? found, ParityLimit limit) => Check(name, Doubles(name, found), limit);

    /// <summary>Compares an image [N, H, W, C] with the recording's [N, C, H, W].</summary>
    public void CheckImage(string name, Tensor? found, ParityLimit limit)
    {
        double[] values = Doubles(name, found);
        Check(name, found is null ? values : ImageLayout.ToChannelsFirst(values, found.Shape), limit);
    }

    /// <summary>
    /// Compares values in the order of the file: relatively, or absolutely where the recording says that they are zero but for rounding.
    /// </summary>
    public void Check(string name, double[] found, ParityLimit limit)
    {
        if (recorded.IsAnalyticZero(name))
            Compare(name, found, ParityMeasure.MaxAbs, ParityLimits.AnalyticZero, "zero but for rounding");
        else
            Compare(name, found, ParityMeasure.RelativeL2, limit, "");
    }

    /// <summary>Compares values in the order of the file by the largest difference; a limit of 0 demands equality.</summary>
    public void CheckMaxAbs(string name, double[] found, ParityLimit limit) => Compare(name, found, ParityMeasure.MaxAbs, limit, "");

    /// <summary>
    /// Compares the gradients of all parameters: every <c>grad.param.*</c>, and <c>gradstat</c> where the recording has it.
    /// </summary>
    /// <param name="store">The parameters, after a backward pass.</param>
    /// <param name="statNames">Metadata key of the names of the rows of <c>gradstat</c>.</param>
    public void CheckGradients(ParameterStore store, string statNames = "gradstat_names")
    {
        const string prefix = "grad.param.";
        foreach (string name in recorded.Names.Where(n => n.StartsWith(prefix, StringComparison.Ordinal)).ToArray())
        {
            Parameter parameter = store.Parameters.FirstOrDefault(p => p.Name == name[prefix.Length..])
                ?? throw new FileFormatException(
                    recorded.Path, $"the model has no parameter '{name[prefix.Length..]}', whose gradient is recorded.");
            Check(name, FileValues(parameter, parameter.Grad), ParityLimits.Gradient);
        }
        if (recorded.Has("gradstat"))
            CheckStatistics("gradstat", statNames, name => FileValues(store[name], store[name].Grad),
                (ParityLimits.StatSum, ParityLimits.StatNorm, ParityLimits.StatDot));
    }

    /// <summary>Compares condensed tensors: a row (sum, L2 norm, product with the vector of <c>dot:</c> and the name) for each.</summary>
    /// <remarks>In float64 with the recording's float64 run, where it has one (<c>_f64</c>): there rounding hides nothing.</remarks>
    /// <param name="table">Name of the recording's table [P, 3].</param>
    /// <param name="names">Metadata key of the rows' names.</param>
    /// <param name="values">The elements of the tensor of a name, in the order of the file.</param>
    /// <param name="limits">For the differences of the columns, each divided by the tensor's L2 norm.</param>
    /// <param name="rounding">Limit of the largest difference where the recording's own noise is above a tenth of the table.</param>
    public void CheckStatistics(
        string table, string names, Func<string, double[]> values,
        (ParityLimit Sum, ParityLimit Norm, ParityLimit Dot) limits, double rounding = 0)
    {
        bool float64 = dtype == DType.F64 && recorded.Has(table + "_f64");
        double[] rows = recorded.Values(float64 ? table + "_f64" : table), found = new double[rows.Length];
        string[] rowNames = recorded.List(names);
        Span<(double Worst, string Name)> worst = [default, default, default];
        for (int p = 0; p < rowNames.Length; p++)
        {
            Statistics(rowNames[p], values(rowNames[p])).CopyTo(found, 3 * p);
            for (int column = 0; column < 3; column++)
            {
                double difference = Math.Abs(found[3 * p + column] - rows[3 * p + column]);
                double relative = difference == 0 ? 0 : difference / rows[3 * p + 1];
                if (!(relative <= worst[column].Worst))
                    worst[column] = (relative, rowNames[p]);
            }
        }

        compared.Add(table);
        if (!float64 && recorded.RelativeNoise(table) > MostNoise)
        {
            comparisons.Add(ParityComparison.Of(
                table, found, rows, ParityMeasure.MaxAbs, rounding, "mostly float32 rounding; float64 shows it"));
            return;
        }
        if (float64)
            limits = ParityLimits.StatisticsFloat64;
        ReadOnlySpan<(string Column, ParityLimit Limit)> columns = [("sum", limits.Sum), ("L2", limits.Norm), ("dot", limits.Dot)];
        for (int column = 0; column < 3; column++)
            comparisons.Add(new ParityComparison(
                $"{table} {columns[column].Column}", double.NaN, worst[column].Worst,
                ParityMeasure.RelativeL2, columns[column].Limit.For(dtype),
                $"of {rowNames.Length}, worst: {worst[column].Name}"));
    }

    /// <summary>Adds a comparison that is not of one tensor of the recording.</summary>
    public void Add(ParityComparison comparison) => comparisons.Add(comparison);

    /// <summary>A tensor of a parameter's shape (its value, its gradient) as float64 in the order of the file.</summary>
    public static double[] FileValues(Parameter parameter, Tensor? tensor)
    {
        if (tensor is null)
            return new double[parameter.Value.Count];
        return tensor.DType == DType.F64
            ? parameter.ToFileLayout<double>(tensor)
            : Array.ConvertAll(parameter.ToFileLayout<float>(tensor), v => (double)v);
    }

    /// <summary>All comparisons; a result of the recording that none looked at is one that failed.</summary>
    public IReadOnlyList<ParityComparison> Finish()
    {
        foreach (string name in recorded.Names)
        {
            bool isResult = !given.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal))
                && !name.EndsWith("_f64", StringComparison.Ordinal);
            if (isResult && !compared.Contains(name))
                comparisons.Add(new ParityComparison(
                    name, double.NaN, double.NaN, ParityMeasure.RelativeL2, 0, "not computed by this program"));
        }
        return comparisons;
    }

    void Compare(string name, double[] found, ParityMeasure measure, ParityLimit limit, string note)
    {
        double[] expected = recorded.Values(name);
        compared.Add(name);
        comparisons.Add(found.Length == expected.Length
            ? ParityComparison.Of(name, found, expected, measure, limit.For(dtype), note)
            : new ParityComparison(
                name, double.NaN, double.NaN, measure, limit.For(dtype), $"{found.Length} values instead of {expected.Length}"));
    }

    Tensor Image(string name, double[] values, Shape s) => s.Rank == 4
        ? Make(ImageLayout.ToChannelsLast(values, s), [s[0], s[2], s[3], s[1]])
        : throw new FileFormatException(recorded.Path, $"tensor '{name}' has images of shape {s}; expected [N, C, H, W].");

    double[] Doubles(string name, Tensor? tensor) => tensor switch
    {
        null => new double[recorded.ShapeOf(name).Count],
        { DType: DType.F64 } => tensor.ToArray<double>(),
        _ => Array.ConvertAll(tensor.ToArray<float>(), v => (double)v),
    };

    double[] Statistics(string name, double[] values)
    {
        double[] vector = new double[values.Length];
        recorded.Weights!.FillUnit("dot:" + name, vector);
        double sum = 0, squares = 0, dot = 0;
        for (int i = 0; i < values.Length; i++)
        {
            sum += values[i];
            squares += values[i] * values[i];
            dot += values[i] * vector[i];
        }
        return [sum, Math.Sqrt(squares), dot];
    }
}
