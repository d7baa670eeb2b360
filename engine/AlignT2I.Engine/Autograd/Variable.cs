namespace AlignT2I.Engine;

/// <summary>What the tape knows a tensor by: it outlives the tensor's memory and gathers the gradient.</summary>
internal sealed class Variable(Shape shape, DType gradientType, Tensor? leaf = null)
{
    public Shape Shape { get; } = shape;

    /// <summary>Type in which the gradient is gathered: a leaf's is the accumulator type, others' the tensor's own.</summary>
    public DType GradientType { get; } = gradientType;

    /// <summary>The tensor of a leaf; null for an operation's output.</summary>
    public Tensor? Leaf { get; } = leaf;

    public bool IsLeaf => Leaf is not null;

    public Tensor? Gradient { get; private set; }

    /// <summary>Adds to the gradient. The first is taken as it is; memory that others see is never written.</summary>
    public void Accumulate(Tensor gradient)
    {
        if (gradient.Count != Shape.Count)
        {
            throw new ShapeException(
                $"a gradient of shape {gradient.Shape} came for a tensor of shape {Shape}; the operation's Backward is wrong.");
        }
        if (gradient.DType != GradientType && gradient.DType.Accumulator != GradientType.Accumulator)
        {
            throw new DTypeException(
                $"a gradient of {gradient.DType} came where {GradientType} is gathered; the operation's Backward is wrong.");
        }
        if (Gradient is null)
        {
            Gradient = gradient.DType == GradientType ? gradient.Alias(Shape) : Converted(gradient);
            return;
        }

        Gradient = OwnMemory(Gradient);
        Gradient.Backend.Accumulate(Gradient, gradient);
    }

    /// <summary>Multiplies the gradient, if there is one; memory that others see is never written.</summary>
    public void ScaleGradient(double factor)
    {
        if (Gradient is null)
            return;
        Gradient = OwnMemory(Gradient);
        Gradient.Backend.Affine(Gradient, factor, 0, Gradient);
    }

    /// <summary>Makes the gradient zeros in memory that stays: what recorded work adds to.</summary>
    public void ZeroGradient()
    {
        if (Gradient is null)
        {
            Gradient = Tensor.Zeros(Shape, GradientType, Leaf!.Backend).Persist();
            return;
        }

        Gradient = OwnMemory(Gradient);
        Gradient.Backend.Fill(Gradient, 0);
    }

    public void ClearGradient()
    {
        Gradient?.Dispose();
        Gradient = null;
    }

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
