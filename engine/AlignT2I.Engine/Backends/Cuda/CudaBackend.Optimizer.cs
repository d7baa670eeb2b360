namespace AlignT2I.Engine.Backends.Cuda;

internal sealed partial class CudaBackend
{
    internal override void AdamStep(OptimizerSlot[] slots, Tensor constants, GradientClip? clip) =>
        optimizer.Step("adam", slots, constants, clip);

    internal override void SgdStep(OptimizerSlot[] slots, Tensor constants, GradientClip? clip) =>
        optimizer.Step("sgd", slots, constants, clip);

    internal override void MoveToward(Tensor[] averages, Tensor[] values, double fraction) =>
        optimizer.MoveToward(averages, values, fraction);

    internal override void SquaredNorm(Tensor[] tensors, Tensor total) => optimizer.SquaredNorm(tensors, total);
}
