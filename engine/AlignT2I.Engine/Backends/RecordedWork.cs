namespace AlignT2I.Engine;

/// <summary>Work that is done again and again; made by <see cref="Backend.Record(Action{Tensor[]})"/>.</summary>
public abstract class RecordedWork : IDisposable
{
    /// <summary>Does the work once, on what its tensors hold now.</summary>
    /// <param name="inputs">What the work is given. Inputs of other shapes or types are recorded anew.</param>
    public abstract void Run(params ReadOnlySpan<Tensor> inputs);

    /// <summary>Lets go of the recording.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Lets go of the recording.</summary>
    /// <param name="disposing">Always true.</param>
    protected virtual void Dispose(bool disposing)
    {
    }
}
