namespace AlignT2I.Engine;

/// <summary>A node of the tape: one operation's backward pass and exactly the tensors it needs.</summary>
public abstract class Op
{
    readonly Variable?[] inputs;
    readonly List<Tensor> saved = [];

    /// <summary>
    /// A node that reads <paramref name="inputs"/>, in the order in which Backward returns their gradients; null for one left out.
    /// </summary>
    protected Op(params ReadOnlySpan<Tensor?> inputs)
    {
        this.inputs = new Variable?[inputs.Length];
        for (int i = 0; i < inputs.Length; i++)
            this.inputs[i] = inputs[i]?.Variable;
    }

    internal ReadOnlySpan<Variable?> Inputs => inputs;

    internal Variable[] Outputs { get; set; } = [];

    /// <summary>Whether input <paramref name="index"/> needs a gradient; where not, Backward may return null for it.</summary>
    protected bool NeedsGrad(int index) => inputs[index] is not null;

    /// <summary>Keeps a tensor until Backward has run. The only way to keep one.</summary>
    protected Tensor Save(Tensor tensor)
    {
        Tensor alias = tensor.Alias();
        saved.Add(alias);
        return alias;
    }

    /// <summary>Keeps a tensor that may be left out.</summary>
    protected Tensor? SaveOptional(Tensor? tensor) => tensor is null ? null : Save(tensor);

    /// <summary>Gradients of the inputs from the gradient of the one output; null where none flows.</summary>
    protected internal virtual Tensor?[] Backward(Tensor dy) =>
        throw new InvalidOperationException($"{GetType().Name} has several outputs or no Backward.");

    /// <summary>Gradients of the inputs from those of the outputs, null for an output that the loss does not depend on.</summary>
    protected internal virtual Tensor?[] Backward(ReadOnlySpan<Tensor?> dys) => Backward(dys[0]!);

    internal void Release()
    {
        foreach (Tensor tensor in saved)
            tensor.Dispose();
        saved.Clear();
    }
}
