namespace AlignT2I.Testing;

/// <summary>A mark in a stream.</summary>
internal sealed class EmulatedEvent(bool timing)
{
    public bool Timing => timing;

    public EmulatedStream? Stream { get; set; }

    public long Position { get; set; }

    public TimeSpan Time { get; set; }
}
