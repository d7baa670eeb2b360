using AlignT2I.Engine;

namespace AlignT2I.Bench.Networks;

/// <summary>The cases of <c>bench models</c>: those that the peer's program has for the device.</summary>
internal static class ModelCases
{
    public static IReadOnlyList<NamedCase> Of(BenchNetworks networks) =>
    [
        .. (networks.Backend == Backend.Cpu ? Cpu : Cuda).Select(c => new NamedCase(c.Name, () => c.Make(c.Name, networks))),
    ];

    const double Reference64 = 1.298659324645996, Reference32 = 1.3022943548880617, ReferenceDecoder = 1.3146458864212036;

    static (string Name, Func<string, BenchNetworks, BenchCase> Make)[] Cpu =>
    [
        ("unet_fwd_64x64_b1", (name, n) => new UNetForward(name, n, UNetSize.StableDiffusion, 64, 1, Reference64)),
        ("unet_fwd_32x32_b1", (name, n) => new UNetForward(name, n, UNetSize.StableDiffusion, 32, 1, Reference32)),
        ("vae_decoder_64x64_to_512x512", (name, n) => new VaeDecode(name, n, ReferenceDecoder)),
        ("clip_vision_b1", (name, n) => new ClipVision(name, n, 1, reference: 1.9486157845912668)),
        ("clip_text_b1", (name, n) => new ClipText(name, n, 1, reference: 1.9953549927961185)),
        ("tiny_unet_fwd_b32", (name, n) => new UNetForward(name, n, UNetSize.Tiny, 16, 32, reference: 1.3238432157736169)),
    ];

    static (string Name, Func<string, BenchNetworks, BenchCase> Make)[] Cuda =>
    [
        ("unet_fwd_64x64_b1", (name, n) => new UNetForward(name, n, UNetSize.StableDiffusion, 64, 1, Reference64)),
        ("unet_fwd_64x64_b2", (name, n) => new UNetForward(name, n, UNetSize.StableDiffusion, 64, 2)),
        ("unet_fwd_64x64_b8", (name, n) => new UNetForward(name, n, UNetSize.StableDiffusion, 64, 8)),
        ("unet_fwd_64x64_b16", (name, n) => new UNetForward(name, n, UNetSize.StableDiffusion, 64, 16)),
        ("vae_decoder_64x64_to_512x512", (name, n) => new VaeDecode(name, n, ReferenceDecoder)),
        ("generate_50step_512_b1", (name, n) => new Generation(name, n)),
        ("clip_vision_b1", (name, n) => new ClipVision(name, n, 1)),
    ];
}
