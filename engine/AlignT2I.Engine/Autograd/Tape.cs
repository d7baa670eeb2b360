namespace AlignT2I.Engine;

/// <summary>
/// Records the operations on tensors that need gradients, and runs them backward. One per thread is current; tapes nest.
/// </summary>
public sealed class Tape : IDisposable
{
    [ThreadStatic]
    static Tape? current;

    readonly Tape? previous;
    readonly List<Op> ops = [];
    bool recording;

    Tape(bool recording)
    {
        this.recording = recording;
        previous = current;
        current = this;
    }

    /// <summary>Starts recording; ends with the returned tape.</summary>
    public static Tape Open() => new(recording: true);

    /// <summary>Records nothing until the returned tape ends, whatever tape is around it.</summary>
    public static Tape Pause() => new(recording: false);

    /// <summary>
    /// Told of a leaf whenever a backward pass has added to its gradient, under this tape or one inside it, as gradient checkpointing has.
    /// A leaf that n operations read is told n times: its gradient is complete the last time.
    /// </summary>
    public Action<Tensor>? GradientAdded { get; set; }

    /// <summary>Whether an operation on <paramref name="inputs"/> must be recorded.</summary>
    public static bool Records(params ReadOnlySpan<Tensor?> inputs)
    {
        if (!IsRecording)
            return false;
        foreach (Tensor? input in inputs)
        {
            if (input?.Variable is not null)
                return true;
        }

        return false;
    }

    /// <summary>Records an operation with its one output.</summary>
    public static void Push(Op op, Tensor output) => Push(op, [output]);

    /// <summary>Records an operation with its outputs.</summary>
    public static void Push(Op op, params ReadOnlySpan<Tensor> outputs)
    {
        Tape tape = current ?? throw new InvalidOperationException("no tape is open; ask Tape.Records before Push.");
        op.Outputs = new Variable[outputs.Length];
        for (int i = 0; i < outputs.Length; i++)
            op.Outputs[i] = outputs[i].Variable = new Variable(outputs[i].Shape, outputs[i].DType);
        tape.ops.Add(op);
    }

    /// <summary>
    /// Computes the gradients of all leaves that <paramref name="output"/> depends on, adding to those they have, and empties the tape.
    /// </summary>
    /// <param name="output">What was computed under this tape; a scalar, unless <paramref name="gradient"/> is given.</param>
    /// <param name="gradient">Gradient of the loss with respect to <paramref name="output"/>, same shape; 1 when left out.</param>
    /// <exception cref="ShapeException"><paramref name="output"/> is not a scalar and no gradient is given.</exception>
    /// <exception cref="InvalidOperationException">
    /// Nothing that requires a gradient leads to <paramref name="output"/>, or its backward pass has run before.
    /// </exception>
    public void Backward(Tensor output, Tensor? gradient = null)
    {
        if (gradient is null && output.Count != 1)
        {
            throw new ShapeException(
                $"Backward starts from a scalar; the output has shape {output.Shape}. Reduce it, or give its gradient.");
        }
        Variable root = output.Variable ?? throw new InvalidOperationException(
            "Backward: nothing that requires a gradient leads to this tensor; compute it under the tape, after RequireGrad() of the "
                + "weights' ParameterStore, or with RequiresGrad of another leaf.");

        recording = false;
        try
        {
            using (MemoryScope.Open())
                root.Accumulate(gradient ?? Tensor.Full(output.Shape, output.DType, output.Backend, 1));
            for (int i = ops.Count - 1; i >= 0; i--)
            {
                Run(ops[i]);
                ops.RemoveAt(i);
            }
        }
        finally
        {
            Clear();        // where it fails, no part of its gradients meets those of the next pass
            recording = true;
        }
    }

    /// <summary>Ends the tape and lets go of what it holds.</summary>
    public void Dispose()
    {
        Clear();
        if (current == this)
            current = previous;
    }

    internal static bool IsRecording => current is { recording: true };

    internal IReadOnlyList<Op> Ops => ops;

    void Clear()
    {
        foreach (Op op in ops)
            End(op);
        ops.Clear();
    }

    void Run(Op op)
    {
        using MemoryScope scope = MemoryScope.Open();
        Tensor?[] dys = new Tensor?[op.Outputs.Length];
        bool reached = false;
        for (int i = 0; i < dys.Length; i++)
        {
            dys[i] = op.Outputs[i].Gradient;
            reached |= dys[i] is not null;
        }

        if (reached)
        {
            Tensor?[] dxs = op.Backward(dys);
            if (dxs.Length != op.Inputs.Length)
            {
                throw new InvalidOperationException(
                    $"{op.GetType().Name}.Backward returned {dxs.Length} gradients for {op.Inputs.Length} inputs.");
            }
            for (int i = 0; i < dxs.Length; i++)
            {
                if (op.Inputs[i] is not { } input || dxs[i] is not { } dx)
                    continue;
                input.Accumulate(dx);
                if (input.Leaf is { IsDisposed: false } leaf)
                    Tell(leaf);
            }
        }

        End(op);
    }

    void Tell(Tensor leaf)
    {
        for (Tape? tape = this; tape is not null; tape = tape.previous)
            tape.GradientAdded?.Invoke(leaf);
    }

    static void End(Op op)
    {
        foreach (Variable output in op.Outputs)
            output.End();
        op.Release();
    }
}
