using System.Globalization;

namespace AlignT2I.Engine;

/// <summary>Dynamic loss scaling: float16 gradients are computed of the loss times a power of two, lest small ones become zero.</summary>
/// <remarks>
/// Micikevicius et al. 2018, arXiv:1710.03740, with the defaults of torch.cuda.amp.GradScaler. A step whose gradients are not finite is
/// skipped and halves the scale; many finite ones in a row double it. bfloat16 has float32's range and needs none.
/// </remarks>
/// <param name="growthInterval">Finite steps in a row after which the scale doubles.</param>
public sealed class LossScaler(int growthInterval = 2000)
{
    const double Greatest = 1 << 24, Least = 1;
    const string ScaleKey = "scaler.scale", FiniteKey = "scaler.finite", SkippedKey = "scaler.skipped";

    /// <summary>What the loss is multiplied by, and the gradients are divided by: a power of two, so that nothing is rounded.</summary>
    public double Scale { get; private set; } = 65536;

    /// <summary>Steps that were skipped.</summary>
    public long SkippedSteps { get; private set; }

    /// <summary>Steps taken since the scale changed last.</summary>
    public int FiniteSteps { get; private set; }

    /// <summary>The state by name, for a checkpoint's metadata.</summary>
    public IReadOnlyDictionary<string, string> State => new Dictionary<string, string>
    {
        [ScaleKey] = Scale.ToString("R", CultureInfo.InvariantCulture),
        [FiniteKey] = FiniteSteps.ToString(CultureInfo.InvariantCulture),
        [SkippedKey] = SkippedSteps.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>Tells the scaler of a step's gradients.</summary>
    /// <param name="finite">Whether they and the loss are finite.</param>
    /// <returns>Whether the training can go on: false where the gradients overflow with the smallest scale too.</returns>
    public bool Update(bool finite)
    {
        if (finite)
        {
            if (++FiniteSteps == growthInterval)
                (Scale, FiniteSteps) = (Math.Min(Greatest, 2 * Scale), 0);
            return true;
        }

        SkippedSteps++;
        FiniteSteps = 0;
        if (Scale <= Least)
            return false;
        Scale /= 2;
        return true;
    }

    /// <summary>Goes on where <see cref="State"/> was read.</summary>
    /// <param name="state">A dictionary that holds it.</param>
    /// <returns>Whether it does.</returns>
    public bool TryRestore(IReadOnlyDictionary<string, string> state)
    {
        if (!double.TryParse(state.GetValueOrDefault(ScaleKey), NumberStyles.Float, CultureInfo.InvariantCulture, out double scale)
            || !int.TryParse(state.GetValueOrDefault(FiniteKey), NumberStyles.None, CultureInfo.InvariantCulture, out int finite)
            || !long.TryParse(state.GetValueOrDefault(SkippedKey), NumberStyles.None, CultureInfo.InvariantCulture, out long skipped)
            || !(scale is >= Least and <= Greatest && double.IsPow2(scale)))
            return false;
        (Scale, FiniteSteps, SkippedSteps) = (scale, finite, skipped);
        return true;
    }
}
