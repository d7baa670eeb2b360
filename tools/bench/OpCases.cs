namespace AlignT2I.Bench;

/// <summary>The cases of <c>bench ops</c>: Stable Diffusion v1.5's sizes at 512 x 512, one image, and the miniature's in training.</summary>
internal static class OpCases
{
    public static IReadOnlyList<OpCase> All { get; } =
    [
        OpCase.Gemm(1024, 1024, 1024),
        OpCase.Gemm(4096, 320, 320),
        OpCase.Gemm(4096, 2560, 320),
        OpCase.Gemm(4096, 320, 1280),
        OpCase.Gemm(1024, 640, 640),
        OpCase.Gemm(1024, 5120, 640),
        OpCase.Gemm(1024, 640, 2560),
        OpCase.Gemm(256, 1280, 1280),
        OpCase.Gemm(256, 10240, 1280),
        OpCase.Gemm(256, 1280, 5120),
        OpCase.Gemm(64, 1280, 1280),
        OpCase.Linear(4096, 320, 320),
        OpCase.Linear(1024, 640, 640),
        OpCase.Linear(256, 1280, 1280),
        OpCase.Linear(64, 1280, 1280),
        OpCase.Linear(77, 768, 768),
        OpCase.Linear(8192, 48, 48),
        OpCase.Linear(2048, 384, 96),
        OpCase.Linear(32, 384, 384),
        OpCase.Linear(8192, 48, 48, train: true),
        OpCase.Linear(8192, 384, 48, train: true),
        OpCase.Linear(2048, 96, 96, train: true),
        OpCase.Linear(2048, 96, 384, train: true),
        OpCase.Convolution(1, 64, 320, 320),
        OpCase.Convolution(1, 32, 640, 640),
        OpCase.Convolution(1, 16, 1280, 1280),
        OpCase.Convolution(1, 8, 1280, 1280),
        OpCase.Convolution(1, 64, 320, 320, kernel: 1),
        OpCase.Convolution(1, 64, 320, 320, stride: 2),
        OpCase.Convolution(32, 16, 48, 48),
        OpCase.Convolution(32, 8, 96, 96),
        OpCase.Convolution(32, 16, 48, 48, train: true),
        OpCase.Convolution(32, 16, 96, 48, train: true),
        OpCase.Convolution(32, 8, 96, 96, train: true),
        OpCase.Convolution(32, 8, 192, 96, train: true),
        OpCase.Convolution(32, 16, 48, 48, stride: 2, train: true),
        OpCase.Convolution(16, 64, 32, 32, train: true),
    ];
}
