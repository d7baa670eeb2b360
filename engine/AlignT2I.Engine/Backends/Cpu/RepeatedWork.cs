namespace AlignT2I.Engine.Backends.Cpu;

/// <summary>Nothing is gained by a recording on the CPU: the work is called every time.</summary>
internal sealed class RepeatedWork(Action work) : RecordedWork
{
    public override void Run()
    {
        using MemoryScope scope = MemoryScope.Open();
        work();
    }
}
