namespace AlignT2I.Engine.Backends.Cuda;

/// <summary>One parameter of an optimizer step, as Slot in optimizer.cu.</summary>
internal struct CudaSlot
{
    /// <summary>Elements that one block updates, as PIECE in optimizer.cu.</summary>
    public const int Piece = 16384;

    public nint Value, Gradient, First, Second, Half, Average;
    public long Count, FirstPiece;
    public int HalfType, Unused;
}
