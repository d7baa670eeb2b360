namespace AlignT2I.Engine;

public abstract partial class Backend
{
    /// <summary>One step of Adam or AdamW on all parameters, with half copies and averages; First and Second are the moment estimates.</summary>
    internal abstract void AdamStep(OptimizerSlot[] slots, AdamStep step);

    /// <summary>The same of stochastic gradient descent; First is the momentum buffer, null without momentum.</summary>
    internal abstract void SgdStep(OptimizerSlot[] slots, SgdStep step);

    /// <summary>averages[k] += fraction * (values[k] - averages[k]).</summary>
    internal abstract void MoveToward(Tensor[] averages, Tensor[] values, double fraction);

    /// <summary>Sum of the squares of all elements of all tensors, in float64.</summary>
    internal abstract double SquaredNorm(Tensor[] tensors);
}
