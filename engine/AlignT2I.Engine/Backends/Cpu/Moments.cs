namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>Count, mean and sum of squared distances from it; two put together are those of both: Chan et al. 1979.</summary>
internal readonly record struct Moments(double Count, double Mean, double Squares)
{
    public double Variance => Squares / Count;

    public Moments With(Moments other)
    {
        double count = Count + other.Count, shift = other.Mean - Mean;
        double share = other.Count / count;
        return new Moments(count, Mean + shift * share, Squares + other.Squares + shift * shift * Count * share);
    }
}
