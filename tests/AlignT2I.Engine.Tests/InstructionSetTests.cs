using System.Runtime.Intrinsics;

namespace AlignT2I.Engine.Tests;

/// <summary>The kernels of processors with less than this one has: the same cases, within the same tolerances.</summary>
public class InstructionSetTests
{
    const string Variable = "DOTNET_Enable", Forced = nameof(The_processor_is_the_forced_one);

    [TestCase("AVX512")]
    [TestCase("AVX2")]
    [TestCase("HWIntrinsic")]
    public void Kernels_agree_with_float64_without(string instructions) =>
        Run(instructions, $"{OpTests.EveryType}|FullyQualifiedName~{Forced}");

    [TestCase("AVX512")]
    [TestCase("AVX2")]
    [TestCase("HWIntrinsic")]
    [Category("Slow")]
    public void Every_kernel_test_passes_without(string instructions) => Run(
        instructions, $"FullyQualifiedName~Tests.{nameof(OpTests)}.|FullyQualifiedName~Tests.Cpu.|FullyQualifiedName~{Forced}");

    /// <summary>What the runtime takes from the environment is what the processes above give it.</summary>
    [Test]
    public void The_processor_is_the_forced_one()
    {
        if (IsOff("AVX512") || IsOff("AVX2") || IsOff("HWIntrinsic"))
            Assert.That(Vector512.IsHardwareAccelerated, Is.False);
        if (IsOff("AVX2") || IsOff("HWIntrinsic"))
            Assert.That(Vector256.IsHardwareAccelerated, Is.False);
        if (IsOff("HWIntrinsic"))
            Assert.That(System.Runtime.Intrinsics.X86.Sse42.IsSupported, Is.False);
    }

    static bool IsOff(string instructions) => Environment.GetEnvironmentVariable(Variable + instructions) == "0";

    static void Run(string instructions, string filter) => Assert.That(
        ChildTestRunAttribute.Run(typeof(InstructionSetTests).Assembly.Location, filter, (Variable + instructions, "0")), Is.Null);
}
