namespace AlignT2I.Bench;

/// <summary>What an <see cref="OpCase"/> calls.</summary>
internal enum OpKind
{
    MatMul,
    Linear,
    Conv2d,
    Attention,
}
