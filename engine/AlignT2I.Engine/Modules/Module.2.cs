namespace AlignT2I.Engine;

/// <summary>A part of a model with two inputs and one output: parameters and the function they take part in.</summary>
/// <remarks>No tensor is kept in a field between calls, but for parameters.</remarks>
public abstract class Module<T1, T2>
{
    /// <summary>
    /// Computes the output in a memory scope of its own: temporaries are freed, what is returned belongs to the caller's scope.
    /// </summary>
    public Tensor Call(T1 x1, T2 x2)
    {
        using MemoryScope scope = MemoryScope.Open(GetType().Name);
        return scope.Keep(Forward(x1, x2));
    }

    /// <summary>Like <c>Call</c>, but the backward pass computes the activations again instead of holding them.</summary>
    /// <exception cref="InvalidCastException">An input is not a tensor.</exception>
    public Tensor CallCheckpointed(T1 x1, T2 x2) =>
        Checkpoint.Call(t => Call((T1)(object)t[0], (T2)(object)t[1]), (Tensor)(object)x1!, (Tensor)(object)x2!);

    /// <summary>One or the other.</summary>
    /// <param name="x1">First input.</param>
    /// <param name="x2">Second input.</param>
    /// <param name="checkpointed">Whether the backward pass computes the activations again.</param>
    /// <exception cref="InvalidCastException">An input of a checkpointed call is not a tensor.</exception>
    public Tensor Call(T1 x1, T2 x2, bool checkpointed) => checkpointed ? CallCheckpointed(x1, x2) : Call(x1, x2);

    /// <summary>The function itself; what it returns outlives the call.</summary>
    protected abstract Tensor Forward(T1 x1, T2 x2);
}
