namespace AlignT2I.Engine;

/// <summary>The L2 norm of all gradients together, and clipping by it.</summary>
/// <remarks>Pascanu et al. 2013, arXiv:1211.5063, as torch.nn.utils.clip_grad_norm_.</remarks>
public static class GradientNorm
{
    /// <summary>L2 norm over the gradients of all parameters; those without one count as zero. Reads one number from the device.</summary>
    /// <param name="parameters">The parameters.</param>
    public static double Of(IEnumerable<Parameter> parameters)
    {
        using MemoryScope scope = MemoryScope.Open();
        return Math.Sqrt(Squared(parameters)?.Item() ?? 0);
    }

    /// <summary>The square of the norm where it was computed, for <see cref="GradientClip"/>; null where no parameter has a
    /// gradient.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <returns>A scalar [] F64, in the current memory scope.</returns>
    public static Tensor? Squared(IEnumerable<Parameter> parameters)
    {
        Tensor[] gradients = [.. parameters.Select(p => p.Grad).OfType<Tensor>()];
        if (gradients.Length == 0)
            return null;
        Tensor total = Tensor.Empty([], DType.F64, gradients[0].Backend);
        total.Backend.SquaredNorm(gradients, total);
        return total;
    }

    /// <summary>Scales all gradients by min(1, maxNorm / (norm + 1e-6)).</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="maxNorm">Largest norm wanted, positive.</param>
    /// <returns>The norm before clipping. Where it is not finite the gradients are untouched: skip the step.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxNorm"/> is not positive.</exception>
    public static double Clip(IReadOnlyCollection<Parameter> parameters, double maxNorm)
    {
        double norm = Of(parameters), coefficient = Coefficient(norm, maxNorm);
        if (coefficient < 1)
        {
            foreach (Parameter parameter in parameters)
                parameter.Operand.Variable?.ScaleGradient(coefficient);
        }

        return norm;
    }

    /// <summary>min(1, maxNorm / (norm + 1e-6)), or 1 where the norm is not finite: clips within <see cref="Optimizer.Step"/>.</summary>
    /// <param name="norm">Result of <see cref="Of"/>.</param>
    /// <param name="maxNorm">Largest norm wanted, positive.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxNorm"/> is not positive.</exception>
    public static double Coefficient(double norm, double maxNorm)
    {
        if (!(maxNorm > 0))
            throw new ArgumentOutOfRangeException(nameof(maxNorm), maxNorm, "the largest gradient norm must be positive.");
        return double.IsFinite(norm) ? Math.Min(1, maxNorm / (norm + 1e-6)) : 1;
    }
}
