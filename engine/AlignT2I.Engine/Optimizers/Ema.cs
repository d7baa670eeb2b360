using System.Globalization;
using AlignT2I.Files;

namespace AlignT2I.Engine;

/// <summary>Exponential moving average of parameters: average = d * average + (1 - d) * value, started from the values.</summary>
/// <remarks>With warm-up, d = min(decay, (1 + n) / (10 + n)) at update n = 1, 2...: CompVis/stable-diffusion,
/// ldm/modules/ema.py.</remarks>
public sealed class Ema : IDisposable
{
    const string CountKey = "updates";

    readonly Parameter[] parameters, averages;
    readonly Dictionary<Tensor, Tensor> averageOf = [];
    readonly double decay;
    readonly bool warmUp;

    /// <summary>Starts from the values the parameters have now.</summary>
    /// <param name="parameters">What to average.</param>
    /// <param name="decay">d, from 0 to 1.</param>
    /// <param name="warmUp">Whether the first updates forget faster.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="decay"/> is not from 0 to 1.</exception>
    public Ema(IEnumerable<Parameter> parameters, double decay, bool warmUp = false)
    {
        if (decay is not (>= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(decay), decay, "the decay of a moving average must be from 0 to 1.");
        this.parameters = [.. parameters];
        averages = [.. this.parameters.Select(p => new Parameter(p.Name, p.Value.Clone().Persist(), p.Layout))];
        for (int i = 0; i < averages.Length; i++)
            averageOf.Add(this.parameters[i].Value, averages[i].Value);
        (this.decay, this.warmUp) = (decay, warmUp);
    }

    /// <summary>The averages, under the parameters' names.</summary>
    public IReadOnlyList<Parameter> Averages => averages;

    /// <summary>Updates done. Set it only when restoring <see cref="Averages"/>.</summary>
    public long UpdateCount { get; set; }

    /// <summary>Takes the parameters' present values into the averages.</summary>
    public void Update()
    {
        double fraction = CountUpdate();
        MoveToward(Enumerable.Range(0, parameters.Length), fraction);
    }

    /// <summary>Begins an update that an optimizer does in its own pass.</summary>
    /// <returns>1 - d of this update.</returns>
    internal double CountUpdate()
    {
        UpdateCount++;
        return 1 - (warmUp ? Math.Min(decay, (1.0 + UpdateCount) / (10 + UpdateCount)) : decay);
    }

    /// <summary>The average of a parameter's value; null where it is not averaged.</summary>
    internal Tensor? Of(Tensor value) => averageOf.GetValueOrDefault(value);

    /// <summary>Ends such an update: the averages of values that the optimizer did not change.</summary>
    internal void UpdateOthers(IReadOnlySet<Tensor> changed, double fraction) =>
        MoveToward(Enumerable.Range(0, parameters.Length).Where(i => !changed.Contains(parameters[i].Value)), fraction);

    /// <summary>Exchanges averages and values: to evaluate with the averages, and again to go on training.</summary>
    public void Swap()
    {
        using MemoryScope scope = MemoryScope.Open();
        for (int i = 0; i < averages.Length; i++)
        {
            Tensor value = parameters[i].Value, average = averages[i].Value;
            Tensor copy = value.Clone();
            value.Backend.Copy(average, value);
            value.Backend.Copy(copy, average);
            parameters[i].RefreshHalfCopy();
        }
    }

    /// <summary>Writes the averages and the number of updates to a safetensors file.</summary>
    /// <param name="path">The file; its folder must exist.</param>
    /// <exception cref="StorageException">It cannot be written.</exception>
    public void Save(string path) => ParameterFile.Save(
        path, averages, metadata: new Dictionary<string, string> { [CountKey] = UpdateCount.ToString(CultureInfo.InvariantCulture) });

    /// <summary>Goes on where <see cref="Save"/> was called.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="UsageException">There is no such file.</exception>
    /// <exception cref="FileFormatException">It does not hold the averages of these parameters.</exception>
    public void Load(string path)
    {
        IReadOnlyDictionary<string, string> metadata = ParameterFile.Load(path, averages);
        if (!metadata.TryGetValue(CountKey, out string? text)
            || !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long count))
            throw new FileFormatException(path, $"its metadata '{CountKey}' is '{text}'; the number of updates done is needed.");
        UpdateCount = count;
    }

    void MoveToward(IEnumerable<int> indices, double fraction)
    {
        int[] which = [.. indices];
        if (which.Length > 0)
        {
            parameters[0].Value.Backend.MoveToward(
                [.. which.Select(i => averages[i].Value)], [.. which.Select(i => parameters[i].Value)], fraction);
        }
    }

    /// <summary>Frees the averages.</summary>
    public void Dispose()
    {
        foreach (Parameter average in averages)
            average.Value.Dispose();
    }
}
