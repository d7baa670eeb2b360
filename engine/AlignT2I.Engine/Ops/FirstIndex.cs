namespace AlignT2I.Engine;

public static partial class Functional
{
    /// <summary>Where an id is first in each row: CLIP's text embedding is the state at a prompt's first end token. No gradient.</summary>
    /// <param name="ids">[N, S] of I32.</param>
    /// <param name="id">What is looked for.</param>
    /// <returns>[N] of I32, each from 0 to S - 1.</returns>
    /// <exception cref="ShapeException">The ids are not [N, S].</exception>
    /// <exception cref="DTypeException"><paramref name="ids"/> is not I32.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A row lacks the id.</exception>
    public static Tensor FirstIndex(Tensor ids, int id)
    {
        Require.Rank(ids, 2);
        Require.DType(ids, DType.I32);
        Tensor y = Tensor.Empty([ids.Shape[0]], DType.I32, ids.Backend);
        ids.Backend.FirstIndex(ids, id, y);
        return y;
    }
}
