using AlignT2I.Engine;
using AlignT2I.Testing;
using AlignT2I.Training.Finetuning;
using AlignT2I.Training.Tests.Finetuning;

namespace AlignT2I.Training.Tests.Cuda;

/// <summary>The trainers on the emulated device give what they give on the CPU.</summary>
internal sealed class CudaTrainingTests
{
    EmulatedCuda? emulated;

    [OneTimeSetUp]
    public void Open() => emulated = EmulatedCuda.Open();

    [OneTimeTearDown]
    public void Close() => emulated?.Dispose();

    /// <summary>Ten updates: rounding differs by order of summation, and grows with the steps.</summary>
    [TestCase(DType.F32, 1e-4)]
    [TestCase(DType.BF16, 2e-2)]
    [TestCase(DType.F16, 4e-3)]
    public void Ten_steps_of_fine_tuning_have_the_losses_of_the_cpu(DType dtype, double tolerance)
    {
        IReadOnlyList<double> expected = Losses(dtype, Backend.Cpu), found = Losses(dtype, emulated!.Backend);
        Assert.That(found, Has.Count.EqualTo(10));
        for (int i = 0; i < 10; i++)
            Assert.That(found[i], Is.EqualTo(expected[i]).Within(tolerance * expected[i]), $"loss of step {i + 1}");
    }

    static IReadOnlyList<double> Losses(DType dtype, Backend backend)
    {
        using var folder = new TestFolder();
        using var tiny = new TinyFinetuning(dtype, backend);
        string name = dtype switch { DType.BF16 => "bfloat16", DType.F16 => "float16", _ => "float32" };
        using FinetuneTrainer trainer = tiny.Trainer(TinyFinetuning.Options with
        {
            Steps = 10,
            BatchSize = 2,
            PretrainingBatchSize = 1,
            CheckpointSteps = 10,
            Dtype = name,
        });
        return trainer.Run(folder["checkpoints"]).Losses;
    }
}
