namespace AlignT2I.Engine;

public abstract partial class Backend
{
    /// <summary>y[r] = multiply * sum of x[r, ...], with as many rows as y has elements.</summary>
    internal abstract void SumRows(Tensor x, double multiply, Tensor y);

    /// <summary>y[r] = sum of a[r, ...] * b[r, ...], with as many rows as y has elements.</summary>
    internal abstract void DotRows(Tensor a, Tensor b, Tensor y);

    /// <summary>y[r, ...] = multiply * x[r], with as many rows as x has elements.</summary>
    internal abstract void ExpandRows(Tensor x, double multiply, Tensor y);

    /// <summary>y[g, c] = sum over r of x[g, r, c], where y is seen as [groups, C] and x as [groups, rows, C].</summary>
    internal abstract void SumGroups(Tensor x, int groups, Tensor y);

    /// <summary>y[g, c] = sum over r of a[g, r, c] * b[g, r, c].</summary>
    internal abstract void DotGroups(Tensor a, Tensor b, int groups, Tensor y);

    /// <summary>y[r, ...] = x[r, ...] / norm[r], norm[r] = max(L2 norm of x[r, ...], eps).</summary>
    internal abstract void L2NormalizeForward(Tensor x, double eps, Tensor y, Tensor norm);

    /// <summary>dx = (dy - y * dot(y, dy)) / norm per row; dy / norm where the norm is eps.</summary>
    internal abstract void L2NormalizeBackward(Tensor y, Tensor norm, double eps, Tensor dy, Tensor dx);
}
