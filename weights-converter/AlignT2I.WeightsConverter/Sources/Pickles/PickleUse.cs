namespace AlignT2I.WeightsConverter.Sources.Pickles;

/// <summary>What a call of a <see cref="PickleGlobal"/> makes.</summary>
internal enum PickleUse
{
    /// <summary>It may be named, not called: an element type, a storage class.</summary>
    Name,

    /// <summary>An object that keeps its state and does nothing.</summary>
    Object,

    /// <summary>A dictionary, of no arguments, a default factory, or a list of pairs.</summary>
    Dictionary,

    /// <summary>A list, set or tuple: the argument itself.</summary>
    Sequence,

    /// <summary>Bytes of a text, by Latin-1.</summary>
    Bytes,

    /// <summary>A tensor: storage, offset, size, stride.</summary>
    Tensor,

    /// <summary>A tensor on an untyped storage: storage, offset, size, stride, requires_grad, hooks, dtype.</summary>
    TypedTensor,

    /// <summary>A parameter: the tensor in its first argument.</summary>
    Parameter,
}
