namespace AlignT2I.Engine;

public abstract partial class Backend
{
    /// <summary>to[r, toColumn + i] = from[r, fromColumn + i] for i below columns and every row of the last axis; any dtype.</summary>
    internal abstract void CopyColumns(Tensor from, int fromColumn, Tensor to, int toColumn, int columns);
}
