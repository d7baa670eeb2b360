namespace AlignT2I.Engine;

public abstract partial class Backend
{
    /// <summary>One step of Adam or AdamW on all parameters, with half copies and averages; First and Second are the moment
    /// estimates.</summary>
    /// <remarks>The constants are an <see cref="Engine.AdamStep"/> in a tensor, so that recorded work takes those of each run.</remarks>
    internal abstract void AdamStep(OptimizerSlot[] slots, Tensor constants, GradientClip? clip);

    /// <summary>The same of stochastic gradient descent; First is the momentum buffer, null without momentum.</summary>
    internal abstract void SgdStep(OptimizerSlot[] slots, Tensor constants, GradientClip? clip);

    /// <summary>averages[k] += fraction * (values[k] - averages[k]).</summary>
    internal abstract void MoveToward(Tensor[] averages, Tensor[] values, double fraction);

    /// <summary>total = sum of the squares of all elements of all tensors, an F64 scalar.</summary>
    internal abstract void SquaredNorm(Tensor[] tensors, Tensor total);
}
