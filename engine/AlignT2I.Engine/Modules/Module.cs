namespace AlignT2I.Engine;

/// <summary>A part of a model with one input and one output: parameters and the function they take part in.</summary>
/// <remarks>No tensor is kept in a field between calls, but for parameters.</remarks>
public abstract class Module<T>
{
    /// <summary>
    /// Computes the output in a memory scope of its own: temporaries are freed, what is returned belongs to the caller's scope.
    /// </summary>
    public Tensor Call(T x)
    {
        using MemoryScope scope = MemoryScope.Open(GetType().Name);
        return scope.Keep(Forward(x));
    }

    /// <summary>Like <c>Call</c>, but the backward pass computes the activations again instead of holding them.</summary>
    /// <exception cref="InvalidCastException">An input is not a tensor.</exception>
    public Tensor CallCheckpointed(T x) =>
        Checkpoint.Call(t => Call((T)(object)t[0]), (Tensor)(object)x!);

    /// <summary>The function itself; what it returns outlives the call.</summary>
    protected abstract Tensor Forward(T x);
}
