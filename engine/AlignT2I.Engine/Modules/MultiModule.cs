namespace AlignT2I.Engine;

/// <summary>A part of a model with one input and several outputs: parameters and the function they take part in.</summary>
/// <remarks>No tensor is kept in a field between calls, but for parameters.</remarks>
public abstract class MultiModule<T>
{
    /// <summary>
    /// Computes the outputs in a memory scope of its own: temporaries are freed, what is returned belongs to the caller's scope.
    /// </summary>
    public Tensor[] Call(T x)
    {
        using MemoryScope scope = MemoryScope.Open(GetType().Name);
        return scope.Keep(Forward(x));
    }

    /// <summary>The function itself; what it returns outlives the call.</summary>
    protected abstract Tensor[] Forward(T x);
}
