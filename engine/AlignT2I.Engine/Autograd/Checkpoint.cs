namespace AlignT2I.Engine;

/// <summary>Gradient checkpointing: runs a function without recording it, and once more in the backward pass.</summary>
/// <remarks>Chen et al. 2016, arXiv:1604.06174.</remarks>
internal static class Checkpoint
{
    /// <summary>Calls <paramref name="function"/>, holding only its inputs for the backward pass.</summary>
    public static Tensor Call(Func<Tensor[], Tensor> function, params Tensor[] inputs)
    {
        Tensor y;
        using (Tape.Pause())
            y = function(inputs);
        if (Tape.IsRecording)
            Tape.Push(new CheckpointOp(function, inputs), y);
        return y;
    }
}

internal sealed class CheckpointOp : Op
{
    readonly Func<Tensor[], Tensor> function;
    readonly Tensor[] inputs;

    public CheckpointOp(Func<Tensor[], Tensor> function, Tensor[] inputs) : base(inputs)
    {
        this.function = function;
        this.inputs = [.. inputs.Select(Save)];
    }

    /// <summary>
    /// Computes the output again under a tape of its own; parameters gather their gradients there, inputs' are returned.
    /// </summary>
    protected internal override Tensor?[] Backward(Tensor dy)
    {
        Tensor[] leaves = new Tensor[inputs.Length];
        for (int i = 0; i < inputs.Length; i++)
        {
            leaves[i] = inputs[i].Detach();
            if (NeedsGrad(i))       // gathered in the type of the tensor itself, as without a checkpoint
                leaves[i].Variable = new Variable(leaves[i].Shape, leaves[i].DType, leaves[i]);
        }

        using Tape tape = Tape.Open();
        Tensor y = function(leaves);
        if (y.Variable is not null)
            tape.Backward(y, dy);
        return [.. leaves.Select(leaf => leaf.Grad)];
    }
}
