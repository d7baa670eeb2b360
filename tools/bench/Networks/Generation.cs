namespace AlignT2I.Bench.Networks;

/// <summary>The networks' part of an image: fifty UNet passes with guidance and one decode, as the peer's program times it.</summary>
internal sealed class Generation(string name, BenchNetworks networks) : BenchCase
{
    const int Steps = 50;

    readonly UNetForward step = new("", networks, UNetSize.StableDiffusion, side: 64, batch: 2);
    readonly VaeDecode decode = new("", networks);

    public override string Name => name;

    public override string Dtype => step.Dtype;

    public override long? PeakBytes => step.PeakBytes;

    public override int Batch => 1;

    public override double Gflop => Steps * step.Gflop + decode.Gflop;

    public override void Run()
    {
        for (int i = 0; i < Steps; i++)
            step.Run();
        decode.Run();
    }

    public override bool Check() => step.Check() && decode.Check();

    public override void Dispose()
    {
        step.Dispose();
        decode.Dispose();
    }
}
