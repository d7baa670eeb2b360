namespace AlignT2I.Engine;

/// <summary>Owns the tensors made while it is the innermost scope of its thread, and frees them when it ends.</summary>
/// <remarks>Every <c>Module.Call</c> opens one; model code never does.</remarks>
public sealed class MemoryScope : IDisposable
{
    /// <summary>Modules that a name is made of; deeper ones count with these.</summary>
    const int NamedDepth = 2;

    [ThreadStatic]
    static MemoryScope? current;

    readonly MemoryScope? parent;
    readonly List<Tensor> tensors = [];
    readonly string module;
    readonly int depth;
    bool ended;

    MemoryScope(string? name)
    {
        parent = current;
        (module, depth) = parent is null ? ("", 0) : (parent.module, parent.depth);
        if (name is null || depth == NamedDepth)
            return;
        module = depth == 0 ? name : $"{module} / {name}";
        depth++;
    }

    internal static MemoryScope? Current => current;

    /// <summary>Whose call this is, as in <c>UNet2DCondition / CrossAttnDownBlock2D</c>; empty outside modules.</summary>
    internal static string CurrentModule => current?.module ?? "";

    /// <summary>Opens a scope inside the current one.</summary>
    public static MemoryScope Open() => Open(null);

    /// <summary>Opens the scope of a module's call.</summary>
    internal static MemoryScope Open(string? module)
    {
        MemoryScope scope = new(module);
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
