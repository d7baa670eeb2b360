namespace AlignT2I.Engine;

/// <summary>What the tape knows a tensor by: it outlives the tensor's memory and gathers the gradient.</summary>
internal sealed class Variable(Shape shape, DType gradientType, Tensor? leaf = null)
{
    Tensor? gradient;
    bool isZero, ended;

    public Shape Shape { get; } = shape;

    /// <summary>Type in which the gradient is gathered: a leaf's is the accumulator type, others' the tensor's own.</summary>
    public DType GradientType { get; } = gradientType;

    /// <summary>The tensor of a leaf; null for an operation's output.</summary>
    public Tensor? Leaf { get; } = leaf;

    public bool IsLeaf => Leaf is not null;

    /// <summary>The gradient so far; null for none.</summary>
    public Tensor? Gradient => gradient ??= isZero ? Zeros() : null;

    /// <summary>
    /// Adds to the gradient. The first is taken as it is; memory that others see is never written. A leaf that has ended takes none.
    /// </summary>
    /// <exception cref="InvalidOperationException">The operation is done: the gradient would go no further.</exception>
    public void Accumulate(Tensor part)
    {
        if (ended)
        {
            throw new InvalidOperationException(
                $"Backward: a gradient came to a tensor of shape {Shape} whose own backward pass has run, or whose tape has ended; "
                    + "compute the tensor anew under this tape, or leave out what lies before it with Detach.");
        }
        if (part.Count != Shape.Count)
        {
            throw new ShapeException(
                $"a gradient of shape {part.Shape} came for a tensor of shape {Shape}; the operation's Backward is wrong.");
        }
        if (part.DType != GradientType && part.DType.Accumulator != GradientType.Accumulator)
        {
            throw new DTypeException(
                $"a gradient of {part.DType} came where {GradientType} is gathered; the operation's Backward is wrong.");
        }
        if (Leaf is { IsDisposed: true })
            return;
        lock (this)     // a leaf's: the passes of several threads may meet there
        {
            if (gradient is null)
            {
                gradient = part.DType == GradientType ? part.Alias(Shape) : Converted(part);
                return;
            }

            gradient = OwnMemory(gradient);
            gradient.Backend.Accumulate(gradient, part);
        }
    }

    /// <summary>Multiplies the gradient, if there is one; memory that others see is never written.</summary>
    public void ScaleGradient(double factor)
    {
        if (gradient is null)
            return;
        gradient = OwnMemory(gradient);
        gradient.Backend.Affine(gradient, factor, 0, gradient);
    }

    /// <summary>
    /// Makes the gradient zeros: on a device in memory that stays, which recorded work adds to. Work on the host finds the gradient
    /// wherever it is, so there the first part takes the place of the zeros, and they are written only if somebody reads them.
    /// </summary>
    public void ZeroGradient()
    {
        if (Leaf!.Backend.IsHost)
        {
            ClearGradient();
            isZero = true;
        }
        else if (gradient is null)
        {
            gradient = Zeros();
        }
        else
        {
            gradient = OwnMemory(gradient);
            gradient.Backend.Fill(gradient, 0);
        }
    }

    /// <summary>The operation that made the tensor is done.</summary>
    public void End()
    {
        ended = true;
        ClearGradient();
    }

    public void ClearGradient()
    {
        isZero = false;
        gradient?.Dispose();
        gradient = null;
    }

    Tensor Zeros() => Tensor.Zeros(Shape, GradientType, Leaf!.Backend).Persist();

    Tensor Converted(Tensor gradient)
    {
        Tensor converted = Tensor.Empty(Shape, GradientType, gradient.Backend).Persist();
        gradient.Backend.Cast(gradient, converted);
        return converted;
    }

    static Tensor OwnMemory(Tensor gradient)
    {
        if (!gradient.Live.Shared)
            return gradient;
        Tensor copy = gradient.Clone().Persist();
        gradient.Dispose();
        return copy;
    }
}
