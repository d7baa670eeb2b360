namespace AlignT2I.Engine;

public abstract partial class Backend
{
    internal abstract void Add(Tensor a, Tensor b, Tensor y);

    internal abstract void Sub(Tensor a, Tensor b, Tensor y);

    internal abstract void Mul(Tensor a, Tensor b, Tensor y);

    internal abstract void Div(Tensor a, Tensor b, Tensor y);

    /// <summary>y = multiply * x + add.</summary>
    internal abstract void Affine(Tensor x, double multiply, double add, Tensor y);

    /// <summary>y[g, r, c] = x[g, r, c] + b[g, c], where b is seen as [groups, C] and x as [groups, rows, C].</summary>
    internal abstract void AddBroadcast(Tensor x, Tensor b, int groups, Tensor y);

    /// <summary>y[n, i] = x[n, i] * w[n].</summary>
    internal abstract void MulPerSample(Tensor x, Tensor w, Tensor y);

    /// <summary>y[n, r, c] = x[n, r, c] * (1 + scale[n, c]) + shift[n, c]; nothing is added where shift is null.</summary>
    internal abstract void ScaleShift(Tensor x, Tensor scale, Tensor? shift, Tensor y);

    /// <summary>y = x in the type of y: to nearest even between floating-point types, toward zero and saturating to integers.</summary>
    internal abstract void Cast(Tensor x, Tensor y);
}
