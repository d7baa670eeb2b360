using System.Runtime.InteropServices;

namespace AlignT2I.Engine.Backends.Cuda;

internal sealed partial class CudaBackend
{
    internal override void Uniform(Tensor y, ReadOnlySpan<PhiloxState> states) => Draw("uniform", y, states);

    internal override void Normal(Tensor y, ReadOnlySpan<PhiloxState> states) => Draw("normal", y, states);

    void Draw(string kernel, Tensor y, ReadOnlySpan<PhiloxState> states)
    {
        if (y.Count == 0)
            return;
        using MemoryScope scope = MemoryScope.Open();
        Tensor table = Tensor.From(MemoryMarshal.Cast<PhiloxState, long>(states), [states.Length, 3], this);
        int columns = checked((int)(y.Count / states.Length));
        Launch(
            Kernel("random.cu", "", kernel), Blocks(y.Count / Philox.WordsPerBlock), P(table), P(y), (long)states.Length, columns);
    }
}
