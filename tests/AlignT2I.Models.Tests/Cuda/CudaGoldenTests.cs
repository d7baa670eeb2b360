using AlignT2I.Engine;
using AlignT2I.Testing;

namespace AlignT2I.Models.Tests.Cuda;

/// <summary>Recorded results of PyTorch on the emulated device: the models know nothing of where they compute.</summary>
internal sealed class CudaGoldenTests
{
    EmulatedCuda? emulated;

    [OneTimeSetUp]
    public void Open() => emulated = EmulatedCuda.Open();

    [OneTimeTearDown]
    public void Close() => emulated?.Dispose();

    [TestCase("unet/tiny-a")]
    [TestCase("vae/tiny-a-encoder")]
    [TestCase("vae/tiny-a-decoder")]
    [TestCase("clip-text/tiny-a")]
    [TestCase("clip-vision/tiny-a")]
    [TestCase("reward/tiny")]
    [TestCase("finetune/tiny-a", Category = "Slow")]
    [TestCase("schedulers/plms-10")]
    [TestCase("optim/adamw-cosine")]
    [TestCase("optim/sgd-nesterov-cosine")]
    public void Agrees_with_the_recording(string name) => Golden.Check(name, backend: emulated!.Backend);

    [TestCase("unet/tiny-a", DType.BF16)]
    [TestCase("unet/tiny-a", DType.F16, Category = "Slow")]
    [TestCase("vae/tiny-a-encoder", DType.F16)]
    [TestCase("clip-text/tiny-a", DType.BF16)]
    [TestCase("clip-vision/tiny-a", DType.F16)]
    public void Agrees_within_roundings_in_half(string name, DType dtype) => Golden.Check(name, dtype, emulated!.Backend);
}
