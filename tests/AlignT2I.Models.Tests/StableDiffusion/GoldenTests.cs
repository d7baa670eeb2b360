using AlignT2I.Engine;
using AlignT2I.Testing;

namespace AlignT2I.Models.Tests.StableDiffusion;

/// <summary>Outputs and every gradient against recordings of the reference implementation.</summary>
internal sealed class GoldenTests
{
    [TestCase("unet/tiny-a")]
    [TestCase("unet/tiny-b")]
    [TestCase("unet/tiny-c")]
    [TestCase("unet/tiny-d")]
    [TestCase("unet/eps-probe")]
    [TestCase("vae/tiny-a-encoder")]
    [TestCase("vae/tiny-a-decoder")]
    [TestCase("vae/tiny-b-encoder")]
    [TestCase("vae/tiny-b-decoder")]
    [TestCase("vae/eps-probe-encoder")]
    [TestCase("vae/eps-probe-decoder")]
    [TestCase("finetune/tiny-a")]
    public void The_engine_matches_the_recording(string name) => Golden.Check(name);

    [TestCase("unet/tiny-d")]
    [TestCase("vae/tiny-a-encoder")]
    [TestCase("finetune/tiny-a")]
    public void So_it_does_in_float64(string name) => Golden.Check(name, DType.F64);
}
