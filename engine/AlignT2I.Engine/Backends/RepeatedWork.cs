namespace AlignT2I.Engine;

/// <summary>Work that is called every time: where there is nothing to record, or nothing is to be recorded.</summary>
internal sealed class RepeatedWork(Action<Tensor[]> work) : RecordedWork
{
    public override void Run(params ReadOnlySpan<Tensor> inputs)
    {
        using MemoryScope scope = MemoryScope.Open();
        work([.. inputs]);
    }
}
