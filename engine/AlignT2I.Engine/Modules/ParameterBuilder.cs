namespace AlignT2I.Engine;

/// <summary>Hands a module its parameters by the names they have in files.</summary>
/// <remarks><c>p["norm1"]</c> is the module below, <c>p.Weight("weight", …)</c> a tensor of it.</remarks>
public readonly struct ParameterBuilder
{
    readonly ParameterStore store;
    readonly string path;

    internal ParameterBuilder(ParameterStore store, string path) => (this.store, this.path) = (store, path);

    /// <summary>The module of that name below this one.</summary>
    public ParameterBuilder this[string name] => new(store, Join(name));

    /// <summary>The module at that place of a list.</summary>
    public ParameterBuilder this[int index] => new(store, Join(index.ToString(System.Globalization.CultureInfo.InvariantCulture)));

    /// <summary>The compute type: that of weights and feature maps.</summary>
    public DType DType => store.DType;

    /// <summary>A parameter that lies in files as in memory, in the compute type.</summary>
    /// <exception cref="AlignT2I.Files.FileFormatException">The source has no such parameter, or one of another shape.</exception>
    public Tensor Weight(string name, Shape shape, Init init) => store.Add(Join(name), shape, init, ParameterLayout.AsInFile, DType);

    /// <summary>
    /// The same in the type of sums, float32 beside half weights: scale and shift of a normalization, factors of a loss.
    /// </summary>
    /// <exception cref="AlignT2I.Files.FileFormatException">The source has no such parameter, or one of another shape.</exception>
    public Tensor AccumulatorWeight(string name, Shape shape, Init init) =>
        store.Add(Join(name), shape, init, ParameterLayout.AsInFile, DType.Accumulator);

    /// <summary>A convolution's weight: [outChannels, kH, kW, inChannels] in memory, [outChannels, inChannels, kH, kW] in files.</summary>
    /// <exception cref="AlignT2I.Files.FileFormatException">The source has no such parameter, or one of another shape.</exception>
    public Tensor Convolution(string name, int outChannels, int inChannels, Kernel2d kernel) => store.Add(
        Join(name), [outChannels, kernel.Height, kernel.Width, inChannels],
        Init.KaimingUniform(inChannels * kernel.Height * kernel.Width), ParameterLayout.Convolution, DType);

    /// <summary>What low-rank adaptation adds to the linear layer at this place; null where it is not adapted.</summary>
    internal LowRank? Adaptation(int inFeatures, int outFeatures) => store.Adapters?.Of(path, inFeatures, outFeatures);

    string Join(string name) => path.Length == 0 ? name : $"{path}.{name}";
}
