namespace AlignT2I.Engine;

public abstract partial class Backend
{
    /// <summary>y[r] = uniform values in [0, 1) of the generator at states[r]; float32.</summary>
    internal abstract void Uniform(Tensor y, ReadOnlySpan<PhiloxState> states);

    /// <summary>y[r] = standard normal values of the generator at states[r]; float32.</summary>
    internal abstract void Normal(Tensor y, ReadOnlySpan<PhiloxState> states);
}
