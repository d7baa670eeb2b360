using AlignT2I.Files;

namespace AlignT2I.Engine;

/// <summary>
/// Low-rank adaptation: chosen linear layers compute x weightᵀ + bias + alpha / rank · x downᵀ upᵀ, and only down and up are trained.
/// </summary>
/// <remarks>
/// Hu et al. 2021, arXiv:2106.09685. Give it to the <see cref="ParameterStore"/> of the model before the model is built.
/// Its parameters are in a store of their own, named as in diffusers: <c>PATH.lora_A.weight</c> [rank, in], started as a linear layer, and
/// <c>PATH.lora_B.weight</c> [out, rank], started with zeros, so that the model is at first the one it was.
/// </remarks>
/// <param name="rank">Number of directions of a change, 1 or more.</param>
/// <param name="alpha">The scale times the rank.</param>
/// <param name="targets">Layers that are adapted, by the ends of their paths, as in <c>to_q</c> and <c>to_out.0</c>.</param>
/// <param name="store">Where its parameters go: empty, of the model's type and place.</param>
public sealed class LowRankAdapters(int rank, double alpha, IReadOnlyList<string> targets, ParameterStore store) : IDisposable
{
    readonly HashSet<string> found = [];
    readonly List<string> paths = [];

    /// <summary>Ends of the names of the two matrices.</summary>
    internal const string DownName = "lora_A", UpName = "lora_B";

    const string Weight = ".weight";

    /// <summary>Number of directions of a change.</summary>
    public int Rank => rank;

    /// <summary>The scale times the rank.</summary>
    public double Alpha => alpha;

    /// <summary>What the product of the two matrices is multiplied by.</summary>
    public double Scale => alpha / rank;

    /// <summary>The adapted layers, in the order in which the model asks for them.</summary>
    public IReadOnlyList<string> Paths => paths;

    /// <summary>down and up of every layer: what is trained.</summary>
    public ParameterStore Parameters => store;

    /// <summary>Number of elements of the parameters that a model would have, found by running its constructor.</summary>
    /// <param name="build">Runs the model's constructor; what it makes cannot be called.</param>
    public long CountFor(Action<ParameterBuilder> build) =>
        ParameterOutline.Of(build).Where(p => p.FileShape.Rank == 2 && Target(p.Name[..^Weight.Length]) is not null)
            .Sum(p => (long)rank * (p.FileShape[0] + p.FileShape[1]));

    /// <summary>Says that the model is complete: a target that is no layer of it is an error.</summary>
    /// <exception cref="UsageException">There is such a target.</exception>
    public void Finish()
    {
        if (targets.FirstOrDefault(t => !found.Contains(t)) is { } missing)
        {
            throw new UsageException(
                $"the adaptation's target '{missing}' is the end of no linear layer's path in this model; name layers such as to_q.");
        }
    }

    /// <summary>The weights of a model with the adaptation in them: weight + alpha / rank · up down.</summary>
    /// <param name="adaptation">down and up: <see cref="Parameters"/>, or their averages.</param>
    /// <returns>The value of one of the model's parameters: its own where nothing is adapted, or else float32 in the current memory
    /// scope.</returns>
    public Func<Parameter, Tensor> Merge(IReadOnlyList<Parameter> adaptation)
    {
        Dictionary<string, Tensor> byName = adaptation.ToDictionary(p => p.Name, p => p.Value);
        HashSet<string> adapted = [.. paths.Select(p => p + Weight)];
        return parameter =>
        {
            if (!adapted.Contains(parameter.Name))
                return parameter.Value;
            string path = parameter.Name[..^Weight.Length];
            Tensor up = byName[$"{path}.{UpName}.weight"], down = byName[$"{path}.{DownName}.weight"];
            Tensor change = F.MatMul(F.Cast(up, DType.F32), F.Cast(down, DType.F32));
            return F.Add(F.Cast(parameter.Value, DType.F32), F.Affine(change, (float)Scale));
        };
    }

    /// <summary>Frees the parameters.</summary>
    public void Dispose() => store.Dispose();

    /// <summary>What a layer adds to its output; null where it is not adapted.</summary>
    internal LowRank? Of(string path, int inFeatures, int outFeatures)
    {
        string? target = Target(path);
        if (target is null)
            return null;
        found.Add(target);
        paths.Add(path);
        return new LowRank(
            store.Add(
                $"{path}.{DownName}.weight", [rank, inFeatures], Init.KaimingUniform(inFeatures), ParameterLayout.AsInFile, store.DType),
            store.Add($"{path}.{UpName}.weight", [outFeatures, rank], Init.Zeros, ParameterLayout.AsInFile, store.DType),
            (float)Scale);
    }

    string? Target(string path) => targets.FirstOrDefault(t => path == t || path.EndsWith("." + t, StringComparison.Ordinal));
}
