namespace AlignT2I.Engine.Backends.Cpu;

internal sealed unsafe partial class CpuBackend
{
    /// <summary>Values that one thread draws at a time.</summary>
    const int DrawnAtOnce = 1 << 14;

    internal override void Uniform(Tensor y, ReadOnlySpan<PhiloxState> states) => Draw(y, states.ToArray(), PhiloxLanes.Uniform);

    internal override void Normal(Tensor y, ReadOnlySpan<PhiloxState> states) => Draw(y, states.ToArray(), PhiloxLanes.Normal);

    static void Draw(Tensor y, PhiloxState[] states, Action<PhiloxState, Span<float>> fill)
    {
        float* values = y.Pointer<float>();
        long width = y.Count / states.Length, parts = (width + DrawnAtOnce - 1) / DrawnAtOnce;
        CpuThreads.For(checked((int)(states.Length * parts)), part =>
        {
            (long row, long index) = Math.DivRem(part, parts);
            long first = index * DrawnAtOnce;
            PhiloxState state = states[row] with { Counter = states[row].Counter + (ulong)first / Philox.WordsPerBlock };
            fill(state, new Span<float>(values + row * width + first, (int)Math.Min(DrawnAtOnce, width - first)));
        });
    }
}
