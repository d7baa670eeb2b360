namespace AlignT2I.Engine;

/// <summary>Owns the tensors made while it is the innermost scope of its thread, and frees them when it ends.</summary>
/// <remarks>Every <c>Module.Call</c> opens one; model code never does.</remarks>
public sealed class MemoryScope : IDisposable
{
    [ThreadStatic]
    static MemoryScope? current;

    readonly MemoryScope? parent;
    readonly List<Tensor> tensors = [];
    bool ended;

    MemoryScope() => parent = current;

    internal static MemoryScope? Current => current;

    /// <summary>Opens a scope inside the current one.</summary>
    public static MemoryScope Open()
    {
        MemoryScope scope = new();
        current = scope;
        return scope;
    }

    /// <summary>Moves a tensor of this scope to the scope around it; one that is not of this scope stays where it is.</summary>
    /// <returns><paramref name="tensor"/>.</returns>
    public Tensor Keep(Tensor tensor)
    {
        if (tensor.Owner != this)
            return tensor;
        tensor.Owner = null;
        parent?.Add(tensor);
        return tensor;
    }

    /// <summary>Moves tensors of this scope to the scope around it.</summary>
    /// <returns><paramref name="kept"/>.</returns>
    public Tensor[] Keep(Tensor[] kept)
    {
        foreach (Tensor tensor in kept)
            Keep(tensor);
        return kept;
    }

    /// <summary>Frees the tensors of this scope.</summary>
    public void Dispose()
    {
        if (ended)
            return;
        ended = true;
        foreach (Tensor tensor in tensors)
        {
            if (tensor.Owner == this)
                tensor.Dispose();
        }

        if (current == this)
            current = parent;
    }

    internal void Add(Tensor tensor)
    {
        tensor.Owner = this;
        tensors.Add(tensor);
    }
}
