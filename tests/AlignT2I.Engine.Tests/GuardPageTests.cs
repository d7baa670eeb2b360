using AlignT2I.Engine.Backends.Cpu;

[assembly: AlignT2I.Testing.ChildTestRun]

namespace AlignT2I.Engine.Tests;

/// <summary>Every operation's kernels, forward and backward, in each type, with an inaccessible page at the end of every buffer, then at
/// its beginning: no access past one.</summary>
public class GuardPageTests
{
    const string Operations = $"{OpTests.EveryType}|FullyQualifiedName~Tests.Cpu.";

    [TestCase(true)]
    [TestCase(false)]
    public void No_kernel_reads_or_writes_past_a_buffer(bool atEnd)
    {
        if (!OperatingSystem.IsLinux())
            Assert.Ignore("Guard pages are set as Linux does it; run the test there.");
        Assert.That(Run(Operations, atEnd), Is.Null);
    }

    [TestCase(true)]
    [TestCase(false)]
    public void An_access_past_a_buffer_is_reported_with_its_test(bool atEnd)
    {
        if (!OperatingSystem.IsLinux())
            Assert.Ignore("Guard pages are set as Linux does it; run the test there.");
        Assert.That(Run($"FullyQualifiedName~{nameof(One_element_past_a_buffer)}", atEnd),
            Does.Contain(nameof(One_element_past_a_buffer)).And.Contain("AccessViolation"));
    }

    /// <summary>Only a process with guards dies of it.</summary>
    [Test]
    public unsafe void One_element_past_a_buffer()
    {
        using MemoryScope scope = MemoryScope.Open();
        Tensor x = Tensor.Full([1024], DType.F32, Backend.Cpu, 3);
        float* elements = (float*)x.Live.Pointer;
        Assert.That(elements[0] + elements[1023], Is.EqualTo(6));
        if (ChildTestRunAttribute.IsGuarded)
            Assert.That(elements[-1] + elements[1024], Is.Zero, "the process should be dead");
        else
            Assert.That(CpuAllocator.Current, Is.InstanceOf<CpuMemoryPool>());
    }

    static string? Run(string filter, bool atEnd) =>
        ChildTestRunAttribute.Run(typeof(GuardPageTests).Assembly.Location, filter, ChildTestRunAttribute.Guards(atEnd));
}
