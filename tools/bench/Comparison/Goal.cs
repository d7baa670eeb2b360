namespace AlignT2I.Bench.Comparison;

/// <summary>What a case is to reach on the machine that the goals were set on, and on another by the ratio of their limits.</summary>
/// <param name="Name">The case.</param>
/// <param name="Limit">What bounds it.</param>
/// <param name="Ms">Milliseconds at most; null where a rate is the goal.</param>
/// <param name="Gflops">1e9 floating-point operations a second at least; null where a time is the goal.</param>
internal sealed record Goal(string Name, Limit Limit, double? Ms, double? Gflops)
{
    /// <summary>The goals, in the order of the table.</summary>
    public static IReadOnlyList<Goal> All { get; } =
    [
        Time("unet_fwd_64x64_b1", 3300), Time("unet_fwd_32x32_b1", 950), Time("unet_train_32x32_b1", 3000),
        Time("vae_decoder_64x64_to_512x512", 8000), Time("clip_vision_b1", 800), Time("clip_text_b1", 70),
        Time("tiny_unet_fwd_b32", 320), Time("tiny_unet_train_step_b32", 1000),
        .. GemmSizes.Select(size => Rate($"gemm_{size}", 205)),
        Rate("conv_3x3_320_64x64_b1", 222), Rate("conv_3x3_640_32x32_b1", 222), Rate("conv_3x3_1280_16x16_b1", 220),
        Rate("conv_3x3_1280_8x8_b1", 200),
        Time("attention_8x4096x4096_d40", 140), Time("attention_train_8x4096x4096_d40", 400),
        Time("groupnorm_silu_320x64x64", 0.2, Limit.SharedCache), Time("geglu_4096x2560", 2, Limit.Memory),
        Time("geglu_train_4096x2560", 5, Limit.Memory), Time("adamw_100m", 65, Limit.Memory),
    ];

    static IEnumerable<string> GemmSizes =>
    [
        "4096x320x320", "4096x2560x320", "4096x320x1280", "1024x640x640", "1024x5120x640", "1024x640x2560", "256x1280x1280",
        "256x10240x1280", "256x1280x5120", "64x1280x1280",
    ];

    /// <summary>The limit of the machine that the goals were set on: 1e9 operations or bytes a second.</summary>
    public static double ReferenceLimit(Limit limit) => limit switch
    {
        Limit.Arithmetic => 232,
        Limit.Memory => 57,
        _ => 190,
    };

    static Goal Time(string name, double ms, Limit limit = Limit.Arithmetic) => new(name, limit, ms, null);

    static Goal Rate(string name, double gflops) => new(name, Limit.Arithmetic, null, gflops);
}
