namespace AlignT2I.Bench;

/// <summary>Something that is run over and over and timed.</summary>
internal abstract class BenchCase : IDisposable
{
    /// <summary>Its name, the same as in the peers' programs.</summary>
    public abstract string Name { get; }

    /// <summary>Type that it computes in, as in <c>f32</c>.</summary>
    public virtual string Dtype => "f32";

    /// <summary>forward, or train for forward and backward.</summary>
    public virtual string Mode => "forward";

    /// <summary>Images, or rows of a product.</summary>
    public abstract int Batch { get; }

    /// <summary>Work of one run in 1e9 floating-point operations.</summary>
    public abstract double Gflop { get; }

    /// <summary>Bytes that one run must read and write, where that is what bounds it.</summary>
    public virtual double Bytes => 0;

    /// <summary>Largest memory of the device so far; null where it is the process' own.</summary>
    public virtual long? PeakBytes => null;

    /// <summary>What the check compares with a reference: to be noted where one is taken; null where entries are compared.</summary>
    public virtual IReadOnlyList<double>? Compared => null;

    /// <summary>
    /// The same operations on tensors of almost nothing, whose time is what this case spends outside kernels, at most; null where nobody
    /// asks.
    /// </summary>
    public virtual BenchCase? Skeleton() => null;

    /// <summary>Once.</summary>
    public abstract void Run();

    /// <summary>Whether what the last run left is right.</summary>
    public abstract bool Check();

    /// <summary>Frees the tensors.</summary>
    public abstract void Dispose();
}
