namespace AlignT2I.Engine;

public abstract partial class Backend
{
    /// <summary>y = the nearest number to x in low..high.</summary>
    internal abstract void Clamp(Tensor x, double low, double high, Tensor y);

    /// <summary>dx = dy where low &lt;= x &lt;= high, 0 elsewhere.</summary>
    internal abstract void ClampBackward(Tensor x, double low, double high, Tensor dy, Tensor dx);
}
