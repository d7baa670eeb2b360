namespace AlignT2I.Engine.Backends.Cuda;

internal sealed partial class CudaBackend
{
    internal override void AdamStep(OptimizerSlot[] slots, AdamStep step) => optimizer.Adam(slots, step);

    internal override void SgdStep(OptimizerSlot[] slots, SgdStep step) => optimizer.Sgd(slots, step);

    internal override void MoveToward(Tensor[] averages, Tensor[] values, double fraction) => optimizer.MoveToward(averages, values, fraction);

    internal override double SquaredNorm(Tensor[] tensors) => optimizer.SquaredNorm(tensors);
}
